// 3×3 convolutions by Winograd's minimal filtering F(4×4, 3×3), on NHWC images; see ops/winograd.ts for the idea.
//
// With Y a 4×4 tile of outputs, d its 6×6 inputs, g the kernel:   Y = Aᵀ [ (G g Gᵀ) ⊙ (Bᵀ d B) ] A
//
// Over all channels the products ⊙ are 36 matrix products M = V U, with V = Bᵀ d B [tiles, in] and U = G g Gᵀ [in, out]. Tiles are
// taken in blocks small enough for the cache: transform, multiply, transform back. The gradients:
//
//     image:  the same convolution of dY with the kernel turned by 180°, inputs and outputs exchanged
//     kernel: dg = Gᵀ (Σ over tiles of Vᵀ A dY Aᵀ) G
//
// Dilated convolutions work on every dilation-th pixel ("phases"). Sums are made in an order that does not depend on the number of
// threads. Source: Lavin and Gray 2016, doi 10.1109/CVPR.2016.435; points: Barabasz et al. 2020, doi 10.1145/3412380.
#include <tuple>
#include <utility>

#include "kernel.h"
#include "parallel.h"
#include "vector.h"

namespace axunet {
namespace {

constexpr int64_t kPanel = 32;   // U is stored in panels of so many output channels
constexpr int64_t kPadding = 16; // between rows of V and M, whose lengths are powers of two: else they share cache lines' places

int64_t RoundUp(int64_t n, int64_t multiple) { return (n + multiple - 1) / multiple * multiple; }

// Working memory of a thread. It is kept for the next time, since new memory would have to be cleared by the system first.
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
  static std::vector<std::pair<float*, int64_t>>& Spare() {
    thread_local std::vector<std::pair<float*, int64_t>> spare;
    return spare;
  }
  int64_t size_ = 0;
};

// The points 0, ±a, ±b, ∞ at which polynomials are multiplied. The usual 1 and 2 round twice as much.
constexpr float a1 = 5.f / 8, a2 = a1 * a1, a3 = a2 * a1, b1 = 3.f / 2, b2 = b1 * b1, b3 = b2 * b1;
constexpr float kZero = 1 / (a2 * b2), kA = 1 / (2 * a2 * (a2 - b2)), kB = 1 / (2 * b2 * (b2 - a2));

// One line (row or column) of a tile, read in steps of s and written in steps of to.
template <class T> AXUNET_INLINE void InputLine(const T* d, T* v, int64_t s, int64_t to = 1) { // Bᵀ, 6 → 6
  const T d0 = d[0], d1 = d[s], d2 = d[2 * s], d3 = d[3 * s], d4 = d[4 * s], d5 = d[5 * s];
  const T evenA = d4 - b2 * d2, oddA = a1 * (d3 - b2 * d1), evenB = d4 - a2 * d2, oddB = b1 * (d3 - a2 * d1);
  v[0] = a2 * b2 * d0 - (a2 + b2) * d2 + d4;
  v[to] = evenA + oddA;
  v[2 * to] = evenA - oddA;
  v[3 * to] = evenB + oddB;
  v[4 * to] = evenB - oddB;
  v[5 * to] = a2 * b2 * d1 - (a2 + b2) * d3 + d5;
}
template <class T> AXUNET_INLINE void OutputLine(const T* m, T* y, int64_t s, int64_t to) { // Aᵀ, 6 → 4
  const T evenA = m[s] + m[2 * s], oddA = m[s] - m[2 * s], evenB = m[3 * s] + m[4 * s], oddB = m[3 * s] - m[4 * s];
  y[0] = m[0] + evenA + evenB;
  y[to] = a1 * oddA + b1 * oddB;
  y[2 * to] = a2 * evenA + b2 * evenB;
  y[3 * to] = a3 * oddA + b3 * oddB + m[5 * s];
}
template <class T> AXUNET_INLINE void OutputLineAdjoint(const T* y, T* m, int64_t s, int64_t to) { // A, 4 → 6
  const T evenA = y[0] + a2 * y[2 * s], oddA = a1 * y[s] + a3 * y[3 * s], evenB = y[0] + b2 * y[2 * s], oddB = b1 * y[s] + b3 * y[3 * s];
  m[0] = y[0];
  m[to] = evenA + oddA;
  m[2 * to] = evenA - oddA;
  m[3 * to] = evenB + oddB;
  m[4 * to] = evenB - oddB;
  m[5 * to] = y[3 * s];
}
template <class T> AXUNET_INLINE void KernelLine(const T* g, T* u, int64_t s, int64_t to) { // G, 3 → 6
  const T evenA = kA * (g[0] + a2 * g[2 * s]), oddA = (kA * a1) * g[s], evenB = kB * (g[0] + b2 * g[2 * s]), oddB = (kB * b1) * g[s];
  u[0] = kZero * g[0];
  u[to] = evenA + oddA;
  u[2 * to] = evenA - oddA;
  u[3 * to] = evenB + oddB;
  u[4 * to] = evenB - oddB;
  u[5 * to] = g[2 * s];
}
template <class T> AXUNET_INLINE void KernelLineAdjoint(const T* u, T* g, int64_t s, int64_t to) { // Gᵀ, 6 → 3
  const T evenA = kA * (u[s] + u[2 * s]), oddA = kA * (u[s] - u[2 * s]), evenB = kB * (u[3 * s] + u[4 * s]), oddB = kB * (u[3 * s] - u[4 * s]);
  g[0] = kZero * u[0] + evenA + evenB;
  g[to] = a1 * oddA + b1 * oddB;
  g[2 * to] = a2 * evenA + b2 * evenB + u[5 * s];
}

// Where tiles lie in images of [n, height, width].
struct Tiling {
  int64_t height, width, dilation, rows, columns, count;

  Tiling(const std::vector<int64_t>& shape, int64_t dilated)
      : height(shape[1]), width(shape[2]), dilation(dilated), rows(((height + dilated - 1) / dilated + 3) / 4),
        columns(((width + dilated - 1) / dilated + 3) / 4), count(shape[0] * dilated * dilated * rows * columns) {}

  // Image, row and column of the tile's first output pixel; its pixels are `dilation` apart.
  struct Place { int64_t image, row, column; };
  AXUNET_INLINE Place at(int64_t tile) const {
    const int64_t c = tile % columns, r = tile / columns % rows, phase = tile / (columns * rows) % (dilation * dilation);
    return {tile / (columns * rows * dilation * dilation), phase / dilation + 4 * r * dilation, phase % dilation + 4 * c * dilation};
  }
};

// The pixels of a tile: `side`² of them, from `before` pixels ahead of the first output on; 0 outside of the image.
template <int side>
struct Window {
  const float* image;
  int64_t first, rowStep, columnStep; // the place of pixel (0, 0), and the way to the next ones
  int64_t top, bottom, left, right;   // which of the pixels lie inside

  AXUNET_INLINE Window(const Tiling& t, const Tiling::Place& p, int64_t before, const float* from, int64_t channels)
      : image(from), rowStep(t.dilation * t.width * channels), columnStep(t.dilation * channels) {
    const int64_t y = p.row - before * t.dilation, x = p.column - before * t.dilation;
    first = ((p.image * t.height + y) * t.width + x) * channels;
    top = y < 0 ? (-y + t.dilation - 1) / t.dilation : 0;
    left = x < 0 ? (-x + t.dilation - 1) / t.dilation : 0;
    bottom = std::min<int64_t>(side, (t.height - y + t.dilation - 1) / t.dilation);
    right = std::min<int64_t>(side, (t.width - x + t.dilation - 1) / t.dilation);
  }
  AXUNET_INLINE bool whole() const { return top == 0 && left == 0 && bottom == side && right == side; }

  template <class Lanes>
  AXUNET_INLINE void Row(int64_t i, int64_t c, Lanes lanes, bool all, Vector* d) const {
    const float* line = image + first + i * rowStep + c;
    if (all) {
      AXUNET_UNROLL for (int j = 0; j < side; j++) d[j] = Load(line + j * columnStep, lanes);
      return;
    }
    const bool outside = i < top || i >= bottom;
    AXUNET_UNROLL for (int j = 0; j < side; j++) d[j] = outside || j < left || j >= right ? Vector{} : Load(line + j * columnStep, lanes);
  }
};

// V of the tiles [first, first + tiles) and the channels [from, to): v[36][tiles][row].
AXUNET_CLONES void InputTiles(const Tiling& t, const float* image, int64_t channels, int64_t first, int64_t tiles, int64_t from, int64_t to, float* v, int64_t row) {
  for (int64_t k = 0; k < tiles; k++) {
    const Window<6> window(t, t.at(first + k), 1, image, channels);
    const bool whole = window.whole();
    EachVector(from, to, [&](int64_t c, auto lanes) __attribute__((always_inline)) {
      Vector u[36];
      for (int i = 0; i < 6; i++) {
        Vector d[6];
        window.Row(i, c, lanes, whole, d);
        InputLine(d, u + 6 * i, 1);
      }
      float* out = v + k * row + c - from;
      AXUNET_UNROLL for (int j = 0; j < 6; j++) {
        Vector d[6];
        InputLine(u + j, d, 6, 1);
        AXUNET_UNROLL for (int i = 0; i < 6; i++) Store(out + (6 * i + j) * tiles * row, d[i]);
      }
    });
  }
}

// A dY Aᵀ of the tiles and channels of a gradient: m[36][tiles][row].
AXUNET_CLONES void GradientTiles(const Tiling& t, const float* dy, int64_t channels, int64_t first, int64_t tiles, int64_t from, int64_t to, float* m, int64_t row) {
  for (int64_t k = 0; k < tiles; k++) {
    const Window<4> window(t, t.at(first + k), 0, dy, channels);
    const bool whole = window.whole();
    EachVector(from, to, [&](int64_t c, auto lanes) __attribute__((always_inline)) {
      Vector b[24];
      for (int i = 0; i < 4; i++) {
        Vector y[4];
        window.Row(i, c, lanes, whole, y);
        OutputLineAdjoint(y, b + 6 * i, 1, 1);
      }
      float* out = m + k * row + c - from;
      AXUNET_UNROLL for (int j = 0; j < 6; j++) {
        Vector a[6];
        OutputLineAdjoint(b + j, a, 6, 1);
        AXUNET_UNROLL for (int i = 0; i < 6; i++) Store(out + (6 * i + j) * tiles * row, a[i]);
      }
    });
  }
}

// Writes the outputs of m[36][tiles][row], channels [from, to), plus a bias where there is one, cut off below 0 where asked.
AXUNET_CLONES void OutputTiles(const Tiling& t, const float* m, int64_t row, const float* bias, bool relu, float* image, int64_t channels, int64_t first, int64_t tiles, int64_t from, int64_t to) {
  for (int64_t k = 0; k < tiles; k++) {
    const auto place = t.at(first + k);
    const int64_t rows = std::min<int64_t>(4, (t.height - place.row + t.dilation - 1) / t.dilation);
    const int64_t columns = std::min<int64_t>(4, (t.width - place.column + t.dilation - 1) / t.dilation);
    float* corner = image + ((place.image * t.height + place.row) * t.width + place.column) * channels;
    EachVector(from, to, [&](int64_t c, auto lanes) __attribute__((always_inline)) {
      const float* in = m + k * row + c - from;
      const Vector add = bias ? Load(bias + c, lanes) : Vector{};
      Vector b[24];
      for (int j = 0; j < 6; j++) {
        Vector a[6];
        AXUNET_UNROLL for (int i = 0; i < 6; i++) a[i] = Load(in + (6 * i + j) * tiles * row);
        OutputLine(a, b + j, 1, 6);
      }
      for (int64_t i = 0; i < rows; i++) {
        Vector y[4];
        OutputLine(b + 6 * i, y, 1, 1);
        AXUNET_UNROLL for (int64_t j = 0; j < 4; j++) {
          Vector value = y[j] + add;
          if (relu) value = value > 0.f ? value : Vector{};
          if (j < columns) Store(corner + (i * t.width + j) * t.dilation * channels + c, value, lanes);
        }
      }
    });
  }
}

// U of a kernel [3, 3, in, out] for inputs [from, to): u[36][plane], a plane being [panels of out][in][32], 0 beyond the last output.
AXUNET_CLONES void KernelPanels(const float* g, int64_t in, int64_t out, float* u, int64_t plane, int64_t from, int64_t to) {
  for (int64_t c = from; c < to; c++) {
    for (int64_t k = 0; k < RoundUp(out, kPanel); k += kLanes) {
      const int64_t lanes = std::max<int64_t>(0, std::min(kLanes, out - k));
      Vector w[9], a[18], b[36];
      for (int i = 0; i < 9; i++) w[i] = Load(g + (i * in + c) * out + k, lanes);
      for (int j = 0; j < 3; j++) KernelLine(w + j, a + j, 3, 3);
      for (int i = 0; i < 6; i++) KernelLine(a + 3 * i, b + 6 * i, 1, 1);
      for (int i = 0; i < 36; i++) Store(u + i * plane + (k / kPanel * in + c) * kPanel + k % kPanel, b[i]);
    }
  }
}

// The same of the kernel that takes gradients of outputs to gradients of inputs: turned by 180°, in and out exchanged, for the
// inputs [from, to) in whole vectors: a plane is [panels of in][out][32].
AXUNET_CLONES void TurnedKernelPanels(const float* g, int64_t in, int64_t out, float* u, int64_t plane, int64_t from, int64_t to) {
  for (int64_t c = from; c < to; c += kLanes) {
    const int64_t lanes = std::max<int64_t>(0, std::min(kLanes, in - c));
    for (int64_t k0 = 0; k0 < out; k0 += kLanes) {
      const int64_t some = std::min(kLanes, out - k0);
      float turned[kLanes][9][kLanes] = {}; // [output][tap][input]
      for (int64_t i = 0; i < 9; i++)
        for (int64_t l = 0; l < lanes; l++)
          for (int64_t k = 0; k < some; k++) turned[k][8 - i][l] = g[(i * in + c + l) * out + k0 + k];
      for (int64_t k = 0; k < some; k++) {
        Vector w[9], a[18], b[36];
        for (int i = 0; i < 9; i++) w[i] = Load(turned[k][i]);
        for (int j = 0; j < 3; j++) KernelLine(w + j, a + j, 3, 3);
        for (int i = 0; i < 6; i++) KernelLine(a + 3 * i, b + 6 * i, 1, 1);
        for (int i = 0; i < 36; i++) Store(u + i * plane + (c / kPanel * out + k0 + k) * kPanel + c % kPanel, b[i]);
      }
    }
  }
}

// dg of the sum of several du[36][rows][row], `parts` of them one after the other, for the inputs [c0, c0 + rows), of which
// [begin, end) are done here, and the outputs [from, to).
AXUNET_CLONES void KernelGradient(const float* du, int64_t parts, int64_t rows, int64_t row, float* dg, int64_t in, int64_t out, int64_t c0, int64_t begin, int64_t end, int64_t from, int64_t to) {
  for (int64_t c = begin; c < end; c++) {
    for (int64_t k = from; k < to; k += kLanes) {
      Vector b[36], a[18], w[9];
      for (int i = 0; i < 36; i++) {
        const float* place = du + (i * rows + c) * row + k - from;
        b[i] = Load(place);
        for (int64_t part = 1; part < parts; part++) b[i] += Load(place + part * 36 * rows * row);
      }
      for (int j = 0; j < 6; j++) KernelLineAdjoint(b + j, a + j, 6, 6);
      for (int i = 0; i < 3; i++) KernelLineAdjoint(a + 6 * i, w + 3 * i, 1, 1);
      for (int i = 0; i < 9; i++) Store(dg + (i * in + c0 + c) * out + k, w[i], std::min(kLanes, to - k));
    }
  }
}

void WinogradKernel(const Arguments& a) {
  const int64_t in = a.shapes[0][2], out = a.shapes[0][3], plane = a.shape[1];
  const bool turned = a.options[0] != 0;
  const int64_t vectors = turned ? RoundUp(in, kPanel) / kLanes : in;
  Pool::Get().For(vectors, turned ? 1 : std::max<int64_t>(1, 4096 / out), [&](int64_t begin, int64_t end) {
    if (turned) TurnedKernelPanels(a.inputs[0], in, out, a.output, plane, begin * kLanes, end * kLanes);
    else KernelPanels(a.inputs[0], in, out, a.output, plane, begin, end);
  });
}

void WinogradConvolution(const Arguments& a) {
  const Tiling t(a.shapes[0], a.options[0]);
  const int64_t in = a.shapes[0][3], out = a.shape[3], panels = RoundUp(out, kPanel) / kPanel;
  const float* bias = !a.shapes[2].empty() && a.shapes[2][0] == out ? a.inputs[2] : nullptr;
  const bool relu = a.options[1] != 0;
  // Tiles of a block; where there are few, threads share them and take different panels.
  const int64_t block = std::min<int64_t>(t.count, in * out >= 256 * 256 ? 60 : in * out >= 64 * 64 ? 36 : 48);
  const int64_t blocks = (t.count + block - 1) / block, threads = Pool::Get().threads();
  const int64_t shares = std::min(panels, std::max<int64_t>(1, (2 * threads + blocks - 1) / blocks));
  Pool::Get().For(blocks * shares, 1, [&](int64_t begin, int64_t end) {
    const int64_t rowV = RoundUp(in, kLanes) + kPadding, rowM = RoundUp(RoundUp(panels, shares) / shares * kPanel, kLanes) + kPadding;
    Buffer v(36 * block * rowV), m(36 * block * rowM);
    for (int64_t unit = begin; unit < end; unit++) {
      const int64_t first = unit / shares * block, tiles = std::min(block, t.count - first);
      const int64_t fromPanel = panels * (unit % shares) / shares, toPanel = panels * (unit % shares + 1) / shares;
      const int64_t from = fromPanel * kPanel, to = std::min(out, toPanel * kPanel);
      InputTiles(t, a.inputs[0], in, first, tiles, 0, in, v.data, rowV);
      for (int64_t i = 0; i < 36; i++) {
        for (int64_t panel = fromPanel; panel < toPanel; panel++) {
          const float* u = a.inputs[1] + i * a.shapes[1][1] + panel * in * kPanel;
          Multiply({v.data + i * tiles * rowV, rowV, 1, u, kPanel, m.data + i * tiles * rowM + panel * kPanel - from, rowM,
                    tiles, std::min(kPanel, RoundUp(to - panel * kPanel, kLanes)), in, false});
        }
      }
      OutputTiles(t, m.data, rowM, bias, relu, a.output, out, first, tiles, from, to);
    }
  });
}

// du[36][c1 − c0][columns] of the tiles [begin, end), for the inputs [c0, c1) and the outputs [k0, k1).
void TransformedKernelGradient(const Arguments& a, const Tiling& t, int64_t begin, int64_t end, int64_t c0, int64_t c1, int64_t k0, int64_t k1, float* du) {
  const int64_t in = a.shape[2], out = a.shape[3], columns = RoundUp(k1 - k0, kLanes), block = std::min<int64_t>(end - begin, 32);
  const int64_t rowV = RoundUp(c1 - c0, kLanes) + kPadding, rowM = columns + kPadding;
  Buffer v(36 * block * rowV), m(36 * block * rowM);
  for (int64_t first = begin; first < end; first += block) {
    const int64_t tiles = std::min(block, end - first);
    InputTiles(t, a.inputs[0], in, first, tiles, c0, c1, v.data, rowV);
    GradientTiles(t, a.inputs[1], out, first, tiles, k0, k1, m.data, rowM);
    for (int64_t i = 0; i < 36; i++) {
      Multiply({v.data + i * tiles * rowV, 1, rowV, m.data + i * tiles * rowM, rowM, du + i * (c1 - c0) * columns, columns,
                c1 - c0, columns, tiles, first > begin});
    }
  }
}

void WinogradKernelGradient(const Arguments& a) {
  const Tiling t(a.shapes[0], a.options[0]);
  const int64_t in = a.shape[2], out = a.shape[3];
  if (in * out <= 128 * 128 && t.count >= 256) { // many tiles, few channels: every part takes some of the tiles
    const int64_t parts = std::min<int64_t>(8, t.count / 64), row = RoundUp(out, kLanes), size = 36 * in * row;
    Buffer du(parts * size);
    Pool::Get().For(parts, 1, [&](int64_t begin, int64_t end) {
      for (int64_t p = begin; p < end; p++) TransformedKernelGradient(a, t, t.count * p / parts, t.count * (p + 1) / parts, 0, in, 0, out, du.data + p * size);
    });
    Pool::Get().For(in, 4, [&](int64_t begin, int64_t end) { KernelGradient(du.data, parts, in, row, a.output, in, out, 0, begin, end, 0, out); });
    return;
  }
  // few tiles, many channels: every part takes some inputs and outputs
  const auto split = [](int64_t n, int64_t most) { return RoundUp((n + (n + most - 1) / most - 1) / ((n + most - 1) / most), kLanes); };
  int64_t rows = split(in, 128), columns = split(out, 128);
  const auto parts = [&] { return ((in + rows - 1) / rows) * ((out + columns - 1) / columns); };
  while (parts() < 4 * Pool::Get().threads() && std::max(rows, columns) > kPanel) (rows > columns ? rows : columns) = RoundUp(std::max(rows, columns) / 2, kLanes);
  const int64_t across = (out + columns - 1) / columns;
  Pool::Get().For(parts(), 1, [&](int64_t begin, int64_t end) {
    Buffer du(36 * rows * columns);
    for (int64_t unit = begin; unit < end; unit++) {
      const int64_t c0 = unit / across * rows, c1 = std::min(in, c0 + rows), k0 = unit % across * columns, k1 = std::min(out, k0 + columns);
      TransformedKernelGradient(a, t, 0, t.count, c0, c1, k0, k1, du.data);
      KernelGradient(du.data, 1, c1 - c0, RoundUp(k1 - k0, kLanes), a.output, in, out, c0, 0, c1 - c0, k0, k1);
    }
  });
}

}  // namespace

void RegisterWinograd() {
  RegisterKernel("AxunetWinogradKernel", 1, WinogradKernel);                  // kernel → U; option: turned
  RegisterKernel("AxunetWinogradConvolution", 3, WinogradConvolution);        // image, U, bias or empty → image; options: dilation, ReLU
  RegisterKernel("AxunetWinogradKernelGradient", 2, WinogradKernelGradient);  // image, dY → dg; option: dilation
}

}  // namespace axunet
