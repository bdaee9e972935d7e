// What the kernels for 3×3 convolutions share: where tiles lie, how they and kernels are transformed. See winograd.cc.
#pragma once
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <tuple>
#include <utility>
#include <vector>

#include "vector.h"

namespace axunet {

constexpr int64_t kPanel = 32;  // U is stored in panels of so many output channels
constexpr int64_t kPadding =
    16;  // between planes of U, V and M, whose lengths are powers of two: else they share the same places of the cache

constexpr int64_t kFewTilesOfGradient = 16;  // up to here winogradFew.cc makes gradients of kernels faster

// Working memory of a thread. It is kept for the next time, since new memory would have to be cleared by the system
// first.
class Buffer {
 public:
  explicit Buffer(int64_t floats) {
    auto& spare = Spare();
    if (!spare.empty()) {
      std::tie(data, size_) = spare.back();
      spare.pop_back();
    }
    if (size_ < floats) {
      std::free(data);
      data = static_cast<float*>(std::aligned_alloc(64, RoundUp(floats * sizeof(float), 64)));
      size_ = floats;
    }
  }
  ~Buffer() { Spare().emplace_back(data, size_); }
  Buffer(const Buffer&) = delete;
  float* data = nullptr;

 private:
  struct Spares {
    std::vector<std::pair<float*, int64_t>> all;
    ~Spares() {
      for (auto& each : all) std::free(each.first);
    }
  };
  static std::vector<std::pair<float*, int64_t>>& Spare() {
    thread_local Spares spares;
    return spares.all;
  }
  int64_t size_ = 0;
};

// Where tiles lie in images of [n, height, width].
struct Tiling {
  int64_t height, width, dilation, rows, columns, count;

  Tiling(const std::vector<int64_t>& shape, int64_t dilated)
      : height(shape[1]),
        width(shape[2]),
        dilation(dilated),
        rows(((height + dilated - 1) / dilated + 3) / 4),
        columns(((width + dilated - 1) / dilated + 3) / 4),
        count(shape[0] * dilated * dilated * rows * columns) {}

  // Image, row and column of the tile's first output pixel; its pixels are `dilation` apart.
  struct Place {
    int64_t image, row, column;
  };
  AXUNET_INLINE Place at(int64_t tile) const {
    const int64_t c = tile % columns, r = tile / columns % rows,
                  phase = tile / (columns * rows) % (dilation * dilation);
    return {tile / (columns * rows * dilation * dilation), phase / dilation + 4 * r * dilation,
            phase % dilation + 4 * c * dilation};
  }
};

// V of the tiles [first, first + tiles) and the channels [from, to): v[36][plane], a plane being [tiles][row].
void InputTiles(const Tiling& t, const float* image, int64_t channels, int64_t first, int64_t tiles, int64_t from,
                int64_t to, float* v, int64_t row, int64_t plane);

// A dY Aᵀ of the tiles and channels of a gradient: m[36][plane], a plane being [tiles][row].
void GradientTiles(const Tiling& t, const float* dy, int64_t channels, int64_t first, int64_t tiles, int64_t from,
                   int64_t to, float* m, int64_t row, int64_t plane);

// Writes the outputs of m[36][plane], channels [from, to), plus a bias where there is one, cut off below 0 where asked.
void OutputTiles(const Tiling& t, const float* m, int64_t row, int64_t plane, const float* bias, bool relu,
                 float* image, int64_t channels, int64_t first, int64_t tiles, int64_t from, int64_t to);

// U of a kernel g [3, 3, in, out] for the inputs [from, to) and the outputs [first, last), 0 beyond the last:
// u[36][plane], a plane being [panels of 32 outputs][inputs][32].
void KernelPanels(const float* g, int64_t in, int64_t out, int64_t from, int64_t to, int64_t first, int64_t last,
                  float* u, int64_t plane);

// The same of the kernel that takes gradients of outputs to gradients of inputs: turned by 180°, in and out exchanged.
// For the outputs [from, to) of g and its inputs [first, last): [panels of 32 inputs][outputs][32].
void TurnedKernelPanels(const float* g, int64_t in, int64_t out, int64_t from, int64_t to, int64_t first, int64_t last,
                        float* u, int64_t plane);

// dg of the sum of several du[36][rows][row], `parts` of them one after the other, for the inputs [c0, c0 + rows), of
// which [begin, end) are done here, and the outputs [from, to).
void KernelGradient(const float* du, int64_t parts, int64_t rows, int64_t row, float* dg, int64_t in, int64_t out,
                    int64_t c0, int64_t begin, int64_t end, int64_t from, int64_t to);

// How what is multiplied is kept: `perWord` numbers in 32 bits, and the functions that make such words and multiply
// them.
struct Format {
  int64_t perWord;
  void (*kernel)(const float* g, int64_t in, int64_t out, int64_t from, int64_t to, int64_t first, int64_t last,
                 float* u, int64_t plane);
  void (*turnedKernel)(const float* g, int64_t in, int64_t out, int64_t from, int64_t to, int64_t first, int64_t last,
                       float* u, int64_t plane);
  // V for products over channels, [tiles][channels]; V and the gradient's numbers for products over tiles,
  // [tiles][channels]: in words along what the product sums over.
  void (*inputRows)(const Tiling& t, const float* image, int64_t channels, int64_t first, int64_t tiles, int64_t from,
                    int64_t to, float* v, int64_t row, int64_t plane);
  void (*inputColumns)(const Tiling& t, const float* image, int64_t channels, int64_t first, int64_t tiles,
                       int64_t from, int64_t to, float* v, int64_t row, int64_t plane);
  void (*gradientColumns)(const Tiling& t, const float* dy, int64_t channels, int64_t first, int64_t tiles,
                          int64_t from, int64_t to, float* m, int64_t row, int64_t plane);
  void (*multiply)(const Product& words);

  int64_t words(int64_t numbers) const { return (numbers + perWord - 1) / perWord; }
};
const Format* Bfloat16();  // null where the processor cannot

// The kernels for images of a few tiles (winogradFew.cc).
void WinogradFewConvolution(const struct Arguments&);
void WinogradFewKernelGradient(const struct Arguments&);

}  // namespace axunet
