// 3×3 convolutions of images that are only a few tiles, with many channels: the deep levels of a network. There,
// transforming the kernel is most of the work, and the transformed kernel, four times as large, would go to memory and
// back for one use. So a panel of it is made in the cache, multiplied with all tiles, and forgotten.
#include "winograd.h"

#include "kernel.h"
#include "parallel.h"

namespace axunet {
namespace {

// A part of the transformed kernel holds so many of its [in · out] pairs, some 600 kB with their 36 numbers. The more
// of it lies along a row of the kernel, the better memory likes it.
constexpr int64_t kPairs = 4096;
constexpr int64_t kRows = 12;  // inputs of a kernel's gradient that are made at once

// Outputs of a part: with few tiles more, so that all their products for it stay in the cache too; four parts or more,
// for the threads.
int64_t PartWidth(const Tiling& t, int64_t outputs) {
  return std::min(RoundUp((outputs + 3) / 4, kPanel), t.count <= 16 ? 4 * kPanel : 2 * kPanel);
}

// Calls transform(from, to) for parts of the channels.
template <class Transform>
void EachPart(int64_t channels, const Transform& transform) {
  Pool::Get().For((channels + kPanel - 1) / kPanel, 1,
                  [&](int64_t begin, int64_t end) { transform(begin * kPanel, std::min(channels, end * kPanel)); });
}

}  // namespace

void WinogradFewConvolution(const Arguments& a) {
  const Tiling t(a.shapes[0], a.options[0]);
  const bool relu = a.options[1] != 0, turned = a.options[2] != 0;
  const int64_t in = a.shapes[1][2], out = a.shapes[1][3], depth = a.shapes[0][3], outputs = a.shape[3];
  const float* bias = a.shapes[2].size() == 1 && a.shapes[2][0] == outputs ? a.inputs[2] : nullptr;
  const auto transform = turned ? TurnedKernelPanels : KernelPanels;
  const int64_t width = PartWidth(t, outputs), height = kPairs / width, rowV = RoundUp(depth, kLanes);
  const int64_t planeV = t.count * rowV + kPadding, planeM = t.count * width + kPadding, planeU = kPairs + kPadding;
  Buffer v(36 * planeV);
  EachPart(depth, [&](int64_t from, int64_t to) {
    InputTiles(t, a.inputs[0], depth, 0, t.count, from, to, v.data + from, rowV, planeV);
  });
  Pool::Get().For((outputs + width - 1) / width, 1, [&](int64_t begin, int64_t end) {
    Buffer u(36 * planeU), m(36 * planeM);
    for (int64_t first = begin * width; first < std::min(outputs, end * width); first += width) {
      const int64_t last = std::min(outputs, first + width);
      for (int64_t from = 0; from < depth; from += height) {
        const int64_t to = std::min(depth, from + height);
        transform(a.inputs[1], in, out, from, to, first, last, u.data, planeU);
        for (int64_t i = 0; i < 36; i++) {
          for (int64_t k = first; k < last; k += kPanel) {
            Multiply({v.data + i * planeV + from, rowV, 1, u.data + i * planeU + (k - first) * (to - from), kPanel,
                      m.data + i * planeM + k - first, width, t.count, RoundUp(std::min(kPanel, last - k), kLanes),
                      to - from, from > 0});
          }
        }
      }
      OutputTiles(t, m.data, width, planeM, bias, relu, a.output, outputs, 0, t.count, first, last);
    }
  });
}

void WinogradFewKernelGradient(const Arguments& a) {
  const Tiling t(a.shapes[0], a.options[0]);
  const int64_t in = a.shape[2], out = a.shape[3], rowV = RoundUp(in, kLanes), rowM = RoundUp(out, kLanes);
  const int64_t planeV = t.count * rowV + kPadding, planeM = t.count * rowM + kPadding;
  Buffer v(36 * planeV), m(36 * planeM);
  EachPart(in, [&](int64_t from, int64_t to) {
    InputTiles(t, a.inputs[0], in, 0, t.count, from, to, v.data + from, rowV, planeV);
  });
  EachPart(out, [&](int64_t from, int64_t to) {
    GradientTiles(t, a.inputs[1], out, 0, t.count, from, to, m.data + from, rowM, planeM);
  });
  const int64_t width = PartWidth(t, out), strips = (in + kRows - 1) / kRows;
  Pool::Get().For((out + width - 1) / width * strips, 1, [&](int64_t begin, int64_t end) {
    Buffer du(36 * kRows * width);
    for (int64_t unit = begin; unit < end; unit++) {
      const int64_t k0 = unit / strips * width, k1 = std::min(out, k0 + width), columns = RoundUp(k1 - k0, kLanes);
      const int64_t c0 = unit % strips * kRows, rows = std::min(in - c0, kRows);
      for (int64_t i = 0; i < 36; i++) {
        Multiply({v.data + i * planeV + c0, 1, rowV, m.data + i * planeM + k0, rowM, du.data + i * rows * columns,
                  columns, rows, columns, t.count, false});
      }
      KernelGradient(du.data, 1, rows, columns, a.output, in, out, c0, 0, rows, k0, k1);
    }
  });
}

}  // namespace axunet
