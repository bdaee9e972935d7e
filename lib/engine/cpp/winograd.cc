// 3×3 convolutions by Winograd's minimal filtering F(4×4, 3×3), on NHWC images; see ops/winograd.ts for the idea.
//
// With Y a 4×4 tile of outputs, d its 6×6 inputs, g the kernel:   Y = Aᵀ [ (G g Gᵀ) ⊙ (Bᵀ d B) ] A
//
// Over all channels the products ⊙ are 36 matrix products M = V U, with V = Bᵀ d B [tiles, in] and U = G g Gᵀ [in,
// out]. Tiles are taken in blocks small enough for the cache: transform, multiply, transform back. The gradients:
//
//     image:  the same convolution of dY with the kernel turned by 180°, inputs and outputs exchanged
//     kernel: dg = Gᵀ (Σ over tiles of Vᵀ A dY Aᵀ) G
//
// Dilated convolutions work on every dilation-th pixel ("phases"). Sums are made in an order that does not depend on
// the number of threads. Source: Lavin and Gray 2016, doi 10.1109/CVPR.2016.435; points: Barabasz et al. 2020,
// doi 10.1145/3412380.
#include "winograd.h"

#include "kernel.h"
#include "parallel.h"

namespace axunet {
namespace {

const Format kFloat32{1, KernelPanels, TurnedKernelPanels, InputTiles, InputTiles, GradientTiles, Multiply};

void WinogradKernel(const Format& f, const Arguments& a) {
  const int64_t in = a.shapes[0][2], out = a.shapes[0][3], plane = a.shape[1];
  const bool turned = a.options[0] != 0;
  const int64_t depth = turned ? out : in, panels = RoundUp(turned ? in : out, kPanel) / kPanel,
                chunks = (depth + 63) / 64;
  const auto transform = turned ? f.turnedKernel : f.kernel;
  Pool::Get().For(
      panels * chunks, std::max<int64_t>(1, 64 / std::min<int64_t>(64, depth)), [&](int64_t begin, int64_t end) {
        for (int64_t unit = begin; unit < end; unit++) {
          const int64_t panel = unit / chunks, from = unit % chunks * 64;
          transform(a.inputs[0], in, out, from, std::min(depth, from + 64), panel * kPanel, (panel + 1) * kPanel,
                    a.output + (panel * f.words(depth) + f.words(from)) * kPanel, plane);
        }
      });
}

void WinogradConvolution(const Format& f, const Arguments& a) {
  const Tiling t(a.shapes[0], a.options[0]);
  const int64_t in = a.shapes[0][3], out = a.shape[3], panels = RoundUp(out, kPanel) / kPanel, depth = f.words(in);
  const float* bias = !a.shapes[2].empty() && a.shapes[2][0] == out ? a.inputs[2] : nullptr;
  const bool relu = a.options[1] != 0;
  // Tiles of a block; where there are few, threads share them and take different panels.
  const int64_t pairs = in * out, block = std::min<int64_t>(t.count, pairs > 256 * 256  ? 60
                                                                     : pairs >= 64 * 64 ? 24
                                                                     : pairs >= 32 * 32 ? 32
                                                                                        : 48);
  const int64_t blocks = (t.count + block - 1) / block, threads = Pool::Get().threads();
  const int64_t shares = std::min(panels, std::max<int64_t>(1, (2 * threads + blocks - 1) / blocks));
  Pool::Get().For(blocks * shares, 1, [&](int64_t begin, int64_t end) {
    const int64_t rowV = f.words(RoundUp(in, kLanes)),
                  rowM = RoundUp(std::min(out, RoundUp(panels, shares) / shares * kPanel), kLanes);
    const int64_t planeV = block * rowV + kPadding, planeM = block * rowM + kPadding;
    Buffer v(36 * planeV), m(36 * planeM);
    for (int64_t unit = begin; unit < end; unit++) {
      const int64_t first = unit / shares * block, tiles = std::min(block, t.count - first);
      const int64_t fromPanel = panels * (unit % shares) / shares, toPanel = panels * (unit % shares + 1) / shares;
      const int64_t from = fromPanel * kPanel, to = std::min(out, toPanel * kPanel);
      f.inputRows(t, a.inputs[0], in, first, tiles, 0, in, v.data, rowV, planeV);
      for (int64_t i = 0; i < 36; i++) {
        for (int64_t panel = fromPanel; panel < toPanel; panel++) {
          const float* u = a.inputs[1] + i * a.shapes[1][1] + panel * depth * kPanel;
          f.multiply({v.data + i * planeV, rowV, 1, u, kPanel, m.data + i * planeM + panel * kPanel - from, rowM, tiles,
                      std::min(kPanel, RoundUp(to - panel * kPanel, kLanes)), depth, false});
        }
      }
      OutputTiles(t, m.data, rowM, planeM, bias, relu, a.output, out, first, tiles, from, to);
    }
  });
}

// du[36][c1 − c0][columns] of the tiles [begin, end), for the inputs [c0, c1) and the outputs [k0, k1).
void TransformedKernelGradient(const Format& f, const Arguments& a, const Tiling& t, int64_t begin, int64_t end,
                               int64_t c0, int64_t c1, int64_t k0, int64_t k1, float* du) {
  const int64_t in = a.shape[2], out = a.shape[3], columns = RoundUp(k1 - k0, kLanes),
                block = std::min<int64_t>(end - begin, 32 * f.perWord);
  const int64_t rowV = RoundUp(c1 - c0, kLanes), planeV = f.words(block) * rowV + kPadding,
                planeM = f.words(block) * columns + kPadding;
  Buffer v(36 * planeV), m(36 * planeM);
  for (int64_t first = begin; first < end; first += block) {
    const int64_t tiles = std::min(block, end - first);
    f.inputColumns(t, a.inputs[0], in, first, tiles, c0, c1, v.data, rowV, planeV);
    f.gradientColumns(t, a.inputs[1], out, first, tiles, k0, k1, m.data, columns, planeM);
    for (int64_t i = 0; i < 36; i++) {
      f.multiply({v.data + i * planeV, 1, rowV, m.data + i * planeM, columns, du + i * (c1 - c0) * columns, columns,
                  c1 - c0, columns, f.words(tiles), first > begin});
    }
  }
}

void WinogradKernelGradient(const Format& f, const Arguments& a) {
  const Tiling t(a.shapes[0], a.options[0]);
  const int64_t in = a.shape[2], out = a.shape[3];
  if (t.count <= kFewTilesOfGradient && f.perWord == 1) return WinogradFewKernelGradient(a);
  if (in * out <= 128 * 128 && t.count >= 256) {  // many tiles, few channels: every part takes some of the tiles
    const int64_t parts = std::min<int64_t>(8, t.count / 64), row = RoundUp(out, kLanes), size = 36 * in * row;
    Buffer du(parts * size);
    Pool::Get().For(parts, 1, [&](int64_t begin, int64_t end) {
      for (int64_t p = begin; p < end; p++)
        TransformedKernelGradient(f, a, t, t.count * p / parts, t.count * (p + 1) / parts, 0, in, 0, out,
                                  du.data + p * size);
    });
    Pool::Get().For(in, 4, [&](int64_t begin, int64_t end) {
      KernelGradient(du.data, parts, in, row, a.output, in, out, 0, begin, end, 0, out);
    });
    return;
  }
  // many channels: every part takes some inputs and outputs
  const auto split = [](int64_t n, int64_t most) {
    return RoundUp((n + (n + most - 1) / most - 1) / ((n + most - 1) / most), kLanes);
  };
  int64_t rows = split(in, 128), columns = split(out, 128);
  const auto parts = [&] { return ((in + rows - 1) / rows) * ((out + columns - 1) / columns); };
  while (parts() < 4 * Pool::Get().threads() && std::max(rows, columns) > kPanel)
    (rows > columns ? rows : columns) = RoundUp(std::max(rows, columns) / 2, kLanes);
  const int64_t across = (out + columns - 1) / columns;
  Pool::Get().For(parts(), 1, [&](int64_t begin, int64_t end) {
    Buffer du(36 * rows * columns);
    for (int64_t unit = begin; unit < end; unit++) {
      const int64_t c0 = unit / across * rows, c1 = std::min(in, c0 + rows), k0 = unit % across * columns,
                    k1 = std::min(out, k0 + columns);
      TransformedKernelGradient(f, a, t, 0, t.count, c0, c1, k0, k1, du.data);
      KernelGradient(du.data, 1, c1 - c0, RoundUp(k1 - k0, kLanes), a.output, in, out, c0, 0, c1 - c0, k0, k1);
    }
  });
}

// The three kernels in one format, their names ending in `suffix`.
template <const Format& (*format)()>
void Register(const std::string& suffix) {
  RegisterKernel(("AxunetWinogradKernel" + suffix).c_str(), 1, [](const Arguments& a) { WinogradKernel(format(), a); });
  RegisterKernel(("AxunetWinogradConvolution" + suffix).c_str(), 3,
                 [](const Arguments& a) { WinogradConvolution(format(), a); });
  RegisterKernel(("AxunetWinogradKernelGradient" + suffix).c_str(), 2,
                 [](const Arguments& a) { WinogradKernelGradient(format(), a); });
}
const Format& Float32Format() { return kFloat32; }
const Format& Bfloat16Format() { return *Bfloat16(); }

}  // namespace

// Returns whether the kernels have bfloat16 forms on this processor.
bool RegisterWinograd() {
  // Kernel: kernel → U; option: turned. Convolution: image, U, bias or empty → image; options: dilation, ReLU.
  // KernelGradient: image, dY → dg; option: dilation.
  Register<Float32Format>("");
  if (Bfloat16()) Register<Bfloat16Format>("Bfloat16");
  RegisterKernel("AxunetWinogradFewConvolution", 3,
                 WinogradFewConvolution);  // image, kernel, bias or empty → image; options: dilation, ReLU, turned
  return Bfloat16() != nullptr;
}

}  // namespace axunet
