// Maximum in a few overlapping windows that together cover the image; see ops/adaptiveMaxPool.ts.
#include <cstring>

#include "kernel.h"
#include "parallel.h"
#include "vector.h"

namespace axunet {
namespace {

struct Bins {
  int64_t images, height, width, channels, bins;
  Bins(const std::vector<int64_t>& shape, int64_t count) : images(shape[0]), height(shape[1]), width(shape[2]), channels(shape[3]), bins(count) {}
  int64_t start(int64_t k, int64_t length) const { return k * length / bins; }
  int64_t end(int64_t k, int64_t length) const { return ((k + 1) * length + bins - 1) / bins; }
};

// Calls body(pixel) for the pixels of bin `bin` (over images, rows and columns of bins) in order; pixel is an index of [n, h, w].
template <class Body>
void EachPixel(const Bins& b, int64_t bin, const Body& body) {
  const int64_t column = bin % b.bins, row = bin / b.bins % b.bins, image = bin / (b.bins * b.bins);
  for (int64_t y = b.start(row, b.height); y < b.end(row, b.height); y++)
    for (int64_t x = b.start(column, b.width); x < b.end(column, b.width); x++) body((image * b.height + y) * b.width + x);
}

// image → [n, bins, bins, c]
void AdaptiveMaxPool(const Arguments& a) {
  const Bins b(a.shapes[0], a.options[0]);
  Pool::Get().For(b.images * b.bins * b.bins, 1, [&](int64_t begin, int64_t end) {
    for (int64_t bin = begin; bin < end; bin++) {
      float* out = a.output + bin * b.channels;
      std::fill(out, out + b.channels, -__builtin_inff());
      EachPixel(b, bin, [&](int64_t pixel) {
        const float* in = a.inputs[0] + pixel * b.channels;
        for (int64_t c = 0; c < b.channels; c++) out[c] = in[c] > out[c] ? in[c] : out[c];
      });
    }
  });
}

// image, dy → gradient of the image: each bin's goes to the first of its maxima. Windows overlap, so channels are what threads share out.
void AdaptiveMaxPoolGradient(const Arguments& a) {
  const Bins b(a.shapes[0], a.options[0]);
  std::memset(a.output, 0, b.images * b.height * b.width * b.channels * sizeof(float));
  Pool::Get().For(b.channels, 64, [&](int64_t begin, int64_t end) {
    std::vector<float> most(end - begin);
    std::vector<int64_t> where(end - begin);
    for (int64_t bin = 0; bin < b.images * b.bins * b.bins; bin++) {
      std::fill(most.begin(), most.end(), -__builtin_inff());
      EachPixel(b, bin, [&](int64_t pixel) {
        for (int64_t c = begin; c < end; c++) {
          const float value = a.inputs[0][pixel * b.channels + c];
          if (!(value > most[c - begin])) continue;
          most[c - begin] = value;
          where[c - begin] = pixel;
        }
      });
      for (int64_t c = begin; c < end; c++)
        if (most[c - begin] > -__builtin_inff()) a.output[where[c - begin] * b.channels + c] += a.inputs[1][bin * b.channels + c];
    }
  });
}

}  // namespace

void RegisterPool() {
  RegisterKernel("AxunetAdaptiveMaxPool", 1, AdaptiveMaxPool);                  // image → maxima; option: bins
  RegisterKernel("AxunetAdaptiveMaxPoolGradient", 2, AdaptiveMaxPoolGradient);  // image, dy → d image; option: bins
}

}  // namespace axunet
