// Depthwise 3×3 convolution on NHWC images: every channel has a kernel [3, 3, channels] of its own, zero padded.
#include <algorithm>
#include <vector>

#include "kernel.h"
#include "parallel.h"
#include "vector.h"

namespace axunet {
namespace {

constexpr int64_t kMostParts = 32;  // of the rows, whatever the number of threads

struct Image {
  int64_t images, height, width, channels;
  explicit Image(const std::vector<int64_t>& shape)
      : images(shape[0]), height(shape[1]), width(shape[2]), channels(shape[3]) {}
  int64_t rows() const { return images * height; }
};

// The three rows around row `row` of all images, null where they lie outside of its image.
struct Rows {
  const float* at[3];
  AXUNET_INLINE Rows(const Image& m, const float* image, int64_t row) {
    for (int64_t i = 0; i < 3; i++) {
      const int64_t y = row % m.height + i - 1;
      at[i] = y < 0 || y >= m.height ? nullptr : image + (row + i - 1) * m.width * m.channels;
    }
  }
};

// out(y, x) = Σ k(i, j) in(y + i − 1, x + j − 1), or with the kernel turned by 180°: what takes gradients back to the
// input.
AXUNET_CLONES void Convolve(const Image& m, const float* image, const float* kernel, bool turned, int64_t from,
                            int64_t to, float* out) {
  for (int64_t row = from; row < to; row++) {
    const Rows rows(m, image, row);
    EachVector(0, m.channels, [&](int64_t c, auto lanes) __attribute__((always_inline)) {
      Vector k[9];
      for (int i = 0; i < 9; i++)
        k[i] = rows.at[i / 3] ? Load(kernel + (turned ? 8 - i : i) * m.channels + c, lanes) : Vector{};
      const float* lines[3];
      for (int i = 0; i < 3; i++) lines[i] = (rows.at[i] ? rows.at[i] : rows.at[1]) + c;  // outside, its weights are 0
      float* line = out + row * m.width * m.channels + c;
      Vector left[3] = {}, middle[3];
      AXUNET_UNROLL for (int i = 0; i < 3; i++) middle[i] = Load(lines[i], lanes);
      for (int64_t x = 0; x < m.width; x++) {
        Vector sum = {};
        AXUNET_UNROLL for (int i = 0; i < 3; i++) {
          const Vector right = x + 1 < m.width ? Load(lines[i] + (x + 1) * m.channels, lanes) : Vector{};
          sum += k[3 * i] * left[i] + k[3 * i + 1] * middle[i] + k[3 * i + 2] * right;
          left[i] = middle[i];
          middle[i] = right;
        }
        Store(line + x * m.channels, sum, lanes);
      }
    });
  }
}

// Adds Σ dy(y, x) in(y + i − 1, x + j − 1) of some rows to sums [9][channels].
AXUNET_CLONES void AddKernelGradient(const Image& m, const float* image, const float* dy, int64_t from, int64_t to,
                                     float* sums) {
  for (int64_t row = from; row < to; row++) {
    const Rows rows(m, image, row);
    EachVector(0, m.channels, [&](int64_t c, auto lanes) __attribute__((always_inline)) {
      const float* gradient = dy + row * m.width * m.channels + c;
      for (int i = 0; i < 3; i++) {
        if (!rows.at[i]) continue;
        const float* line = rows.at[i] + c;
        Vector a = {}, b = {}, d = {}, left = {}, middle = Load(line, lanes);
        for (int64_t x = 0; x < m.width; x++) {
          const Vector right = x + 1 < m.width ? Load(line + (x + 1) * m.channels, lanes) : Vector{};
          const Vector g = Load(gradient + x * m.channels, lanes);
          a += g * left;
          b += g * middle;
          d += g * right;
          left = middle;
          middle = right;
        }
        float* to3 = sums + 3 * i * m.channels + c;
        Store(to3, Load(to3, lanes) + a, lanes);
        Store(to3 + m.channels, Load(to3 + m.channels, lanes) + b, lanes);
        Store(to3 + 2 * m.channels, Load(to3 + 2 * m.channels, lanes) + d, lanes);
      }
    });
  }
}

void Depthwise(const Arguments& a) {
  const Image m(a.shapes[0]);
  const int64_t grain = std::max<int64_t>(1, 16384 / (m.width * m.channels));
  Pool::Get().For(m.rows(), grain, [&](int64_t from, int64_t to) {
    Convolve(m, a.inputs[0], a.inputs[1], a.options[0] != 0, from, to, a.output);
  });
}

void DepthwiseKernelGradient(const Arguments& a) {
  const Image m(a.shapes[0]);
  const int64_t size = 9 * m.channels;
  const int64_t parts = std::max<int64_t>(1, std::min({kMostParts, m.rows(), m.rows() * m.width * m.channels / 32768}));
  std::vector<float> sums(parts * size);
  Pool::Get().For(parts, 1, [&](int64_t begin, int64_t end) {
    for (int64_t p = begin; p < end; p++)
      AddKernelGradient(m, a.inputs[0], a.inputs[1], m.rows() * p / parts, m.rows() * (p + 1) / parts,
                        sums.data() + p * size);
  });
  for (int64_t k = 0; k < size; k++) {
    double total = 0;
    for (int64_t p = 0; p < parts; p++) total += sums[p * size + k];
    a.output[k] = static_cast<float>(total);
  }
}

}  // namespace

void RegisterDepthwise() {
  RegisterKernel("AxunetDepthwise", 2, Depthwise);                              // image, kernel → image; option: turned
  RegisterKernel("AxunetDepthwiseKernelGradient", 2, DepthwiseKernelGradient);  // image, dy → [3, 3, channels, 1]
}

}  // namespace axunet
