// Transposed 2×2 convolution with stride 2; see ops/upConvolution.ts. The two pixels that an input pixel writes in one
// row lie side by side, so a row of outputs [2 w, out] is [w, 2 out] in memory, and everything is matrix products on
// rows. With K_a [2 out, in] the part of the kernel [2, 2, out, in] for output rows 2 i + a:
//
//     y[2 i + a] = x[i] K_aᵀ      dx[i] = Σ over a of dy[2 i + a] K_a      dK_a = Σ over i of dy[2 i + a]ᵀ x[i]
#include <algorithm>
#include <cstring>
#include <vector>

#include "kernel.h"
#include "panels.h"
#include "parallel.h"
#include "vector.h"

namespace axunet {
namespace {

// Rows of [width] pixels, of all images; `doubled` is 2 out.
struct Sizes {
  int64_t rows, width, in, doubled;
};
Sizes SizesOf(const std::vector<int64_t>& image, const std::vector<int64_t>& kernel) {
  return {image[0] * image[1], image[2], kernel[3], 2 * kernel[2]};
}

// C = A B or C += A B for rows of A; C has rows of `columns`, which are whole vectors.
void MultiplyPanels(const float* a, int64_t rows, const Panels& b, int64_t columns, float* c, bool add) {
  for (int64_t panel = 0; panel < b.count(); panel++)
    Multiply({a, b.depth(), 1, b.at(panel), b.width(panel), c + panel * Panels::kWidth, columns, rows, b.width(panel),
              b.depth(), add});
}

int64_t Grain(const Sizes& s) { return std::max<int64_t>(1, 65536 / (s.width * (s.in + 2 * s.doubled))); }

// x, kernel, bias → y
void UpConvolution(const Arguments& a) {
  const Sizes s = SizesOf(a.shapes[0], a.shapes[1]);
  const Panels kernels[2] = {{a.inputs[1], s.in, s.doubled, true},
                             {a.inputs[1] + s.doubled * s.in, s.in, s.doubled, true}};
  Pool::Get().For(s.rows, Grain(s), [&](int64_t begin, int64_t end) {
    for (int64_t row = 2 * begin; row < 2 * end; row++) {
      float* y = a.output + row * s.width * s.doubled;
      for (int64_t i = 0; i < 2 * s.width; i++)
        std::memcpy(y + i * s.doubled / 2, a.inputs[2], s.doubled / 2 * sizeof(float));
      MultiplyPanels(a.inputs[0] + row / 2 * s.width * s.in, s.width, kernels[row % 2], s.doubled, y, true);
    }
  });
}

// dy, kernel → dx
void UpConvolutionGradient(const Arguments& a) {
  const Sizes s = SizesOf(a.shape, a.shapes[1]);
  const Panels kernels[2] = {{a.inputs[1], s.doubled, s.in, false},
                             {a.inputs[1] + s.doubled * s.in, s.doubled, s.in, false}};
  Pool::Get().For(s.rows, Grain(s), [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; row++) {
      for (int64_t k = 0; k < 2; k++) {
        MultiplyPanels(a.inputs[0] + (2 * row + k) * s.width * s.doubled, s.width, kernels[k], s.in,
                       a.output + row * s.width * s.in, k == 1);
      }
    }
  });
}

// x, dy → d kernel. Parts of the rows are summed in an order that does not depend on the number of threads.
void UpConvolutionKernelGradient(const Arguments& a) {
  const Sizes s = SizesOf(a.shapes[0], a.shape);
  constexpr int64_t kStrip = 64, kUnits = 16, kPixels = 128;
  const int64_t strips = 2 * ((s.doubled + kStrip - 1) / kStrip),
                parts = std::min(s.rows, std::max<int64_t>(1, kUnits / strips)), size = 2 * s.doubled * s.in;
  const int64_t step = std::max<int64_t>(1, kPixels / s.width);  // rows multiplied at once
  std::vector<float> sums(parts > 1 ? parts * size : 0);
  Pool::Get().For(parts * strips, 1, [&](int64_t begin, int64_t end) {
    std::vector<float> x(step * s.width * s.in), dy(step * s.width * kStrip);
    for (int64_t unit = begin; unit < end; unit++) {
      const int64_t part = unit / strips, k = unit % strips % 2, from = unit % strips / 2 * kStrip,
                    columns = std::min(kStrip, s.doubled - from);
      const int64_t first = s.rows * part / parts, last = s.rows * (part + 1) / parts;
      float* to = (parts > 1 ? sums.data() + part * size : a.output) + (k * s.doubled + from) * s.in;
      for (int64_t row = first; row < last; row += step) {
        const int64_t rows = std::min(step, last - row), pixels = rows * s.width;
        for (int64_t r = 0; r < rows; r++)
          for (int64_t i = 0; i < s.width; i++)
            std::memcpy(dy.data() + (r * s.width + i) * columns,
                        a.inputs[1] + ((2 * (row + r) + k) * s.width + i) * s.doubled + from, columns * sizeof(float));
        for (int64_t c = 0; c < s.in; c += Panels::kWidth) {
          const int64_t width = std::min(Panels::kWidth, s.in - c);
          for (int64_t i = 0; i < pixels; i++)
            std::memcpy(x.data() + i * width, a.inputs[0] + (row * s.width + i) * s.in + c, width * sizeof(float));
          Multiply({dy.data(), 1, columns, x.data(), width, to + c, s.in, columns, width, pixels, row > first});
        }
      }
    }
  });
  if (parts == 1) return;
  std::memcpy(a.output, sums.data(), size * sizeof(float));
  for (int64_t part = 1; part < parts; part++)
    for (int64_t i = 0; i < size; i++) a.output[i] += sums[part * size + i];
}

}  // namespace

void RegisterUpConvolution() {
  RegisterKernel("AxunetUpConvolution", 3, UpConvolution);                              // x, kernel, bias → y
  RegisterKernel("AxunetUpConvolutionGradient", 2, UpConvolutionGradient);              // dy, kernel → dx
  RegisterKernel("AxunetUpConvolutionKernelGradient", 2, UpConvolutionKernelGradient);  // x, dy → d kernel
}

}  // namespace axunet
