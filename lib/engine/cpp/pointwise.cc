// Matrix products over pixels, for 1×1 convolutions: TensorFlow's products are made for large matrices and reach a
// fraction of the processor's speed with a few dozen channels or a few hundred pixels.
#include <algorithm>
#include <cstring>
#include <vector>

#include "kernel.h"
#include "panels.h"
#include "parallel.h"
#include "vector.h"

namespace axunet {
namespace {

constexpr int64_t kChunk = 240;     // pixels multiplied at once, so that they stay in the cache
constexpr int64_t kMostParts = 16;  // of the pixels in a sum, whatever the number of threads
constexpr int64_t kWide =
    128 * 128;  // channels in times out from which parts of the channels are shared out instead of the pixels
constexpr int64_t kMostDepth = 1024;  // pixels summed at once then

int64_t Pixels(const std::vector<int64_t>& shape) {
  int64_t count = 1;
  for (size_t i = 0; i + 1 < shape.size(); i++) count *= shape[i];
  return count;
}

// C [rows, columns of a panel] = A B, or C += A B; a panel that is filled up writes beside C first.
void MultiplyPanel(const float* a, int64_t rows, const Panels& b, int64_t panel, float* c, int64_t rowC, bool add) {
  const int64_t width = b.width(panel), used = b.used(panel), depth = b.depth();
  if (width == used) return Multiply({a, depth, 1, b.at(panel), width, c, rowC, rows, width, depth, add});
  float beside[kChunk * Panels::kWidth];
  Multiply({a, depth, 1, b.at(panel), width, beside, width, rows, width, depth, false});
  for (int64_t row = 0; row < rows; row++)
    for (int64_t i = 0; i < used; i++)
      c[row * rowC + i] = add ? c[row * rowC + i] + beside[row * width + i] : beside[row * width + i];
}

AXUNET_CLONES void CutBelowZero(float* x, int64_t rows, int64_t columns, int64_t rowX) {
  for (int64_t row = 0; row < rows; row++)
    for (int64_t i = 0; i < columns; i++)
      x[row * rowX + i] = x[row * rowX + i] <= 0.f ? 0.f : x[row * rowX + i];  // so that NaN stays NaN
}

// out = x W (W [in, out]) or, turned, x Wᵀ (W [out, in]); plus a bias [out] or an image of the output's shape; then
// ReLU where asked.
void Pointwise(const Arguments& a) {
  const int64_t pixels = Pixels(a.shapes[0]), in = a.shapes[0].back(), out = a.shape.back(),
                threads = Pool::Get().threads();
  const bool biased = a.shapes[2].size() == 1 && a.shapes[2][0] == out,
             summed = a.shapes[2].size() == a.shape.size() && a.shape.size() > 1;
  const Panels w(a.inputs[1], in, out, a.options[0] != 0);
  const int64_t size = std::min(kChunk, std::max<int64_t>(24, RoundUp(pixels / (4 * threads), 12))),
                chunks = (pixels + size - 1) / size;
  const int64_t shares = std::min(w.count(), std::max<int64_t>(1, (4 * threads + chunks - 1) / chunks));
  Pool::Get().For(
      chunks * shares, std::max<int64_t>(1, 65536 * shares / (size * (in + out))), [&](int64_t begin, int64_t end) {
        for (int64_t unit = begin; unit < end; unit++) {
          const int64_t first = unit / shares * size, rows = std::min(size, pixels - first);
          const int64_t fromPanel = w.count() * (unit % shares) / shares,
                        toPanel = w.count() * (unit % shares + 1) / shares;
          const int64_t from = fromPanel * Panels::kWidth, columns = std::min(out, toPanel * Panels::kWidth) - from;
          float* to = a.output + first * out;
          for (int64_t row = 0; row < rows && (biased || (summed && a.inputs[2] != a.output)); row++)
            std::memcpy(to + row * out + from, a.inputs[2] + (summed ? (first + row) * out : 0) + from,
                        columns * sizeof(float));
          for (int64_t panel = fromPanel; panel < toPanel; panel++)
            MultiplyPanel(a.inputs[0] + first * in, rows, w, panel, to + panel * Panels::kWidth, out, summed || biased);
          if (a.options[1] != 0) CutBelowZero(to + from, rows, columns, out);
        }
      });
}

// Of few channels: parts of the pixels are summed in a fixed order.
void NarrowKernelGradient(const Arguments& a, int64_t pixels, int64_t in, int64_t out) {
  const int64_t columns = RoundUp(out, kLanes), size = in * columns;
  const int64_t parts = std::max<int64_t>(1, std::min({kMostParts, pixels / kChunk, pixels * (in + out) / 65536}));
  std::vector<float> sums(parts * size);
  Pool::Get().For(parts, 1, [&](int64_t begin, int64_t end) {
    std::vector<float> filled(columns == out ? 0 : kChunk * columns);  // dy with whole vectors
    for (int64_t p = begin; p < end; p++) {
      const int64_t last = pixels * (p + 1) / parts;
      for (int64_t first = pixels * p / parts; first < last; first += kChunk) {
        const int64_t rows = std::min(kChunk, last - first);
        const float* dy = a.inputs[1] + first * out;
        for (int64_t row = 0; row < rows && columns > out; row++)
          std::memcpy(filled.data() + row * columns, dy + row * out, out * sizeof(float));
        Multiply({a.inputs[0] + first * in, 1, in, columns > out ? filled.data() : dy, columns, sums.data() + p * size,
                  columns, in, columns, rows, true});
      }
    }
  });
  for (int64_t p = 1; p < parts; p++)
    for (int64_t i = 0; i < size; i++) sums[i] += sums[p * size + i];
  for (int64_t c = 0; c < in; c++) std::memcpy(a.output + c * out, sums.data() + c * columns, out * sizeof(float));
}

// Of many channels: strips of x's channels are multiplied with all of dy.
void WideKernelGradient(const Arguments& a, int64_t pixels, int64_t in, int64_t out) {
  const int64_t strip = std::min<int64_t>(48, RoundUp((in + 7) / 8, 12)), deep = std::min(pixels, kMostDepth);
  for (int64_t first = 0; first < pixels; first += deep) {
    const int64_t depth = std::min(deep, pixels - first);
    const Panels dy(a.inputs[1] + first * out, depth, out, false);
    Pool::Get().For((in + strip - 1) / strip, 1, [&](int64_t begin, int64_t end) {
      std::vector<float> x(depth * strip);
      for (int64_t c = begin * strip; c < std::min(in, end * strip); c += strip) {
        const int64_t rows = std::min(strip, in - c);
        for (int64_t k = 0; k < depth; k++)
          std::memcpy(x.data() + k * strip, a.inputs[0] + (first + k) * in + c, rows * sizeof(float));
        for (int64_t panel = 0; panel < dy.count(); panel++)
          Multiply({x.data(), 1, strip, dy.at(panel), dy.width(panel), a.output + c * out + panel * Panels::kWidth, out,
                    rows, dy.width(panel), depth, first > 0});
      }
    });
  }
}

// xᵀ dy [in, out]: the gradient of W.
void PointwiseKernelGradient(const Arguments& a) {
  const int64_t pixels = Pixels(a.shapes[0]), in = a.shapes[0].back(), out = a.shapes[1].back();
  if (in * out <= kWide || out % kLanes != 0) NarrowKernelGradient(a, pixels, in, out);
  else WideKernelGradient(a, pixels, in, out);
}

}  // namespace

void RegisterPointwise() {
  RegisterKernel("AxunetPointwise", 3, Pointwise, 2);  // x, W, bias or image or empty → image; options: turned, ReLU
  RegisterKernel("AxunetPointwiseKernelGradient", 2, PointwiseKernelGradient);  // x, dy → dW
}

}  // namespace axunet
