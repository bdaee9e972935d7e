// Maximum of 2×2 squares, and in a few overlapping windows that together cover the image; see ops/maxPool.ts and
// ops/adaptiveMaxPool.ts.
#include <cstring>

#include "kernel.h"
#include "parallel.h"
#include "vector.h"

namespace axunet {
namespace {

struct Bins {
  int64_t images, height, width, channels, bins;
  Bins(const std::vector<int64_t>& shape, int64_t count)
      : images(shape[0]), height(shape[1]), width(shape[2]), channels(shape[3]), bins(count) {}
  int64_t start(int64_t k, int64_t length) const { return k * length / bins; }
  int64_t end(int64_t k, int64_t length) const { return ((k + 1) * length + bins - 1) / bins; }
};

// Calls body(pixel) for the pixels of bin `bin` (over images, rows and columns of bins) in order; pixel is an index of
// [n, h, w].
template <class Body>
void EachPixel(const Bins& b, int64_t bin, const Body& body) {
  const int64_t column = bin % b.bins, row = bin / b.bins % b.bins, image = bin / (b.bins * b.bins);
  for (int64_t y = b.start(row, b.height); y < b.end(row, b.height); y++)
    for (int64_t x = b.start(column, b.width); x < b.end(column, b.width); x++)
      body((image * b.height + y) * b.width + x);
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
        for (int64_t c = 0; c < b.channels; c++) out[c] = in[c] > out[c] || in[c] != in[c] ? in[c] : out[c];
      });
    }
  });
}

// image, dy → gradient of the image: each bin's goes to the first of its maxima. Windows overlap, so channels are what
// threads share out.
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
        if (most[c - begin] > -__builtin_inff())
          a.output[where[c - begin] * b.channels + c] += a.inputs[1][bin * b.channels + c];
    }
  });
}

// The 2×2 squares of an image [n, h, w, c], a row of them at a time; an odd last row or column belongs to none.
struct Squares {
  int64_t rows, columns, height, width, channels;
  explicit Squares(const std::vector<int64_t>& shape)
      : rows(shape[0] * (shape[1] / 2)), columns(shape[2] / 2), height(shape[1]), width(shape[2]), channels(shape[3]) {}
  int64_t top(int64_t row) const {
    return (row / (height / 2) * height + row % (height / 2) * 2) * width * channels;
  }  // first number of the upper pixels
  int64_t grain() const { return std::max<int64_t>(1, 8192 / (width * channels)); }
};

// The larger one; NaN where one is NaN.
AXUNET_INLINE float Larger(float a, float b) { return b > a || b != b ? b : a; }

// Both go number by number and leave vectors to the compiler: written with our own vectors, it takes such comparisons
// apart.
AXUNET_CLONES void MaxPoolRow(const Squares& s, const float* __restrict upper, float* __restrict out) {
  const int64_t down = s.width * s.channels, n = s.channels;
  for (int64_t x = 0; x < s.columns; x++, upper += 2 * n, out += n) {
    for (int64_t c = 0; c < n; c++)
      out[c] = Larger(Larger(upper[c], upper[c + down]), Larger(upper[c + n], upper[c + n + down]));
  }
}

// Each square's gradient goes to the first of its maxima, in the order of rows.
AXUNET_CLONES void MaxPoolGradientRow(const Squares& s, const float* __restrict upper, const float* __restrict dy,
                                      float* __restrict dx) {
  const int64_t down = s.width * s.channels, n = s.channels;
  for (int64_t x = 0; x < s.columns; x++, upper += 2 * n, dx += 2 * n, dy += n) {
    for (int64_t c = 0; c < n; c++) {
      const float a = upper[c], b = upper[c + n], d = upper[c + down], e = upper[c + n + down];
      const float ab = b > a ? b : a, de = e > d ? e : d, high = de > ab ? 0.f : dy[c], low = de > ab ? dy[c] : 0.f;
      dx[c] = b > a ? 0.f : high;
      dx[c + n] = b > a ? high : 0.f;
      dx[c + down] = e > d ? 0.f : low;
      dx[c + n + down] = e > d ? low : 0.f;
    }
  }
}

// image → [n, ⌊h/2⌋, ⌊w/2⌋, c]
void MaxPool(const Arguments& a) {
  const Squares s(a.shapes[0]);
  Pool::Get().For(s.rows, s.grain(), [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; row++)
      MaxPoolRow(s, a.inputs[0] + s.top(row), a.output + row * s.columns * s.channels);
  });
}

// image, dy → gradient of the image
void MaxPoolGradient(const Arguments& a) {
  const Squares s(a.shapes[0]);
  if (s.height % 2 || s.width % 2)
    std::memset(a.output, 0, a.shapes[0][0] * s.height * s.width * s.channels * sizeof(float));
  Pool::Get().For(s.rows, s.grain(), [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; row++)
      MaxPoolGradientRow(s, a.inputs[0] + s.top(row), a.inputs[1] + row * s.columns * s.channels,
                         a.output + s.top(row));
  });
}

}  // namespace

void RegisterPool() {
  RegisterKernel("AxunetMaxPool", 1, MaxPool);                                  // image → maxima of 2×2 squares
  RegisterKernel("AxunetMaxPoolGradient", 2, MaxPoolGradient);                  // image, dy → d image
  RegisterKernel("AxunetAdaptiveMaxPool", 1, AdaptiveMaxPool);                  // image → maxima; option: bins
  RegisterKernel("AxunetAdaptiveMaxPoolGradient", 2, AdaptiveMaxPoolGradient);  // image, dy → d image; option: bins
}

}  // namespace axunet
