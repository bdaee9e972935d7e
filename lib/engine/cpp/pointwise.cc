// Matrix products of many pixels with few channels, for 1×1 convolutions of narrow networks: TensorFlow's products are made for
// large matrices and reach a fraction of the processor's speed with a few dozen channels.
#include <algorithm>
#include <cstring>
#include <vector>

#include "kernel.h"
#include "parallel.h"
#include "vector.h"

namespace axunet {
namespace {

constexpr int64_t kChunk = 240;    // pixels multiplied at once, so that they stay in the cache
constexpr int64_t kMostParts = 16; // of the pixels in a sum, whatever the number of threads

int64_t Pixels(const std::vector<int64_t>& shape) {
  int64_t count = 1;
  for (size_t i = 0; i + 1 < shape.size(); i++) count *= shape[i];
  return count;
}

// out = x W (W [in, out]) or, turned, x Wᵀ (W [out, in]); plus a bias [out] or an image of the output's shape. `out` is a multiple of 16.
void Pointwise(const Arguments& a) {
  const int64_t pixels = Pixels(a.shapes[0]), in = a.shapes[0].back(), out = a.shape.back();
  const bool turned = a.options[0] != 0, biased = a.shapes[2].size() == 1 && a.shapes[2][0] == out, summed = a.shapes[2].size() == a.shape.size();
  std::vector<float> kernel;
  const float* w = a.inputs[1];
  if (turned) {
    kernel.resize(in * out);
    for (int64_t i = 0; i < out; i++)
      for (int64_t k = 0; k < in; k++) kernel[k * out + i] = a.inputs[1][i * in + k];
    w = kernel.data();
  }
  Pool::Get().For((pixels + kChunk - 1) / kChunk, std::max<int64_t>(1, 65536 / (kChunk * (in + out))), [&](int64_t begin, int64_t end) {
    for (int64_t chunk = begin; chunk < end; chunk++) {
      const int64_t first = chunk * kChunk, rows = std::min(kChunk, pixels - first);
      float* to = a.output + first * out;
      if (summed && a.inputs[2] != a.output) std::memcpy(to, a.inputs[2] + first * out, rows * out * sizeof(float));
      if (biased) for (int64_t row = 0; row < rows; row++) std::memcpy(to + row * out, a.inputs[2], out * sizeof(float));
      Multiply({a.inputs[0] + first * in, in, 1, w, out, to, out, rows, out, in, summed || biased});
    }
  });
}

// xᵀ dy [in, out]: the gradient of W. `out` is a multiple of 16. Parts of the pixels are summed in a fixed order.
void PointwiseKernelGradient(const Arguments& a) {
  const int64_t pixels = Pixels(a.shapes[0]), in = a.shapes[0].back(), out = a.shapes[1].back(), size = in * out;
  const int64_t parts = std::max<int64_t>(1, std::min({kMostParts, pixels / kChunk, pixels * (in + out) / 65536}));
  std::vector<float> sums(parts * size);
  Pool::Get().For(parts, 1, [&](int64_t begin, int64_t end) {
    for (int64_t p = begin; p < end; p++) {
      const int64_t last = pixels * (p + 1) / parts;
      for (int64_t first = pixels * p / parts; first < last; first += kChunk) {
        const int64_t rows = std::min(kChunk, last - first);
        Multiply({a.inputs[0] + first * in, 1, in, a.inputs[1] + first * out, out, sums.data() + p * size, out, in, out, rows, true});
      }
    }
  });
  std::memcpy(a.output, sums.data(), size * sizeof(float));
  for (int64_t p = 1; p < parts; p++)
    for (int64_t i = 0; i < size; i++) a.output[i] += sums[p * size + i];
}

}  // namespace

void RegisterPointwise() {
  RegisterKernel("AxunetPointwise", 3, Pointwise, 2);                           // x, W, bias or image or empty → image; option: turned
  RegisterKernel("AxunetPointwiseKernelGradient", 2, PointwiseKernelGradient);  // x, dy → dW
}

}  // namespace axunet
