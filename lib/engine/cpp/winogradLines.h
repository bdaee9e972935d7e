// The transforms of winograd.cc, line by line and tile by tile, to be compiled into functions for one kind of
// processor.
#pragma once
#include "winograd.h"

namespace axunet {

// The points 0, ±a, ±b, ∞ at which polynomials are multiplied. The usual 1 and 2 round twice as much.
constexpr float a1 = 5.f / 8, a2 = a1 * a1, a3 = a2 * a1, b1 = 3.f / 2, b2 = b1 * b1, b3 = b2 * b1;
constexpr float kZero = 1 / (a2 * b2), kA = 1 / (2 * a2 * (a2 - b2)), kB = 1 / (2 * b2 * (b2 - a2));

// One line (row or column) of a tile, read in steps of s and written in steps of to.
template <class T>
AXUNET_INLINE void InputLine(const T* d, T* v, int64_t s, int64_t to = 1) {  // Bᵀ, 6 → 6
  const T d0 = d[0], d1 = d[s], d2 = d[2 * s], d3 = d[3 * s], d4 = d[4 * s], d5 = d[5 * s];
  const T evenA = d4 - b2 * d2, oddA = a1 * (d3 - b2 * d1), evenB = d4 - a2 * d2, oddB = b1 * (d3 - a2 * d1);
  v[0] = a2 * b2 * d0 - (a2 + b2) * d2 + d4;
  v[to] = evenA + oddA;
  v[2 * to] = evenA - oddA;
  v[3 * to] = evenB + oddB;
  v[4 * to] = evenB - oddB;
  v[5 * to] = a2 * b2 * d1 - (a2 + b2) * d3 + d5;
}
template <class T>
AXUNET_INLINE void OutputLine(const T* m, T* y, int64_t s, int64_t to) {  // Aᵀ, 6 → 4
  const T evenA = m[s] + m[2 * s], oddA = m[s] - m[2 * s], evenB = m[3 * s] + m[4 * s], oddB = m[3 * s] - m[4 * s];
  y[0] = m[0] + evenA + evenB;
  y[to] = a1 * oddA + b1 * oddB;
  y[2 * to] = a2 * evenA + b2 * evenB;
  y[3 * to] = a3 * oddA + b3 * oddB + m[5 * s];
}
template <class T>
AXUNET_INLINE void OutputLineAdjoint(const T* y, T* m, int64_t s, int64_t to) {  // A, 4 → 6
  const T evenA = y[0] + a2 * y[2 * s], oddA = a1 * y[s] + a3 * y[3 * s], evenB = y[0] + b2 * y[2 * s],
          oddB = b1 * y[s] + b3 * y[3 * s];
  m[0] = y[0];
  m[to] = evenA + oddA;
  m[2 * to] = evenA - oddA;
  m[3 * to] = evenB + oddB;
  m[4 * to] = evenB - oddB;
  m[5 * to] = y[3 * s];
}
template <class T>
AXUNET_INLINE void KernelLine(const T* g, T* u, int64_t s, int64_t to) {  // G, 3 → 6
  const T evenA = kA * (g[0] + a2 * g[2 * s]), oddA = (kA * a1) * g[s], evenB = kB * (g[0] + b2 * g[2 * s]),
          oddB = (kB * b1) * g[s];
  u[0] = kZero * g[0];
  u[to] = evenA + oddA;
  u[2 * to] = evenA - oddA;
  u[3 * to] = evenB + oddB;
  u[4 * to] = evenB - oddB;
  u[5 * to] = g[2 * s];
}
template <class T>
AXUNET_INLINE void KernelLineAdjoint(const T* u, T* g, int64_t s, int64_t to) {  // Gᵀ, 6 → 3
  const T evenA = kA * (u[s] + u[2 * s]), oddA = kA * (u[s] - u[2 * s]), evenB = kB * (u[3 * s] + u[4 * s]),
          oddB = kB * (u[3 * s] - u[4 * s]);
  g[0] = kZero * u[0] + evenA + evenB;
  g[to] = a1 * oddA + b1 * oddB;
  g[2 * to] = a2 * evenA + b2 * evenB + u[5 * s];
}

// The pixels of a tile: `side`² of them, from `before` pixels ahead of the first output on; 0 outside of the image.
template <int side>
struct Window {
  const float* image;
  int64_t first, rowStep, columnStep;  // the place of pixel (0, 0), and the way to the next ones
  int64_t top, bottom, left, right;    // which of the pixels lie inside

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
    AXUNET_UNROLL for (int j = 0; j < side; j++) d[j] =
        outside || j < left || j >= right ? Vector{} : Load(line + j * columnStep, lanes);
  }
};

// The 36 numbers of one tile, for 16 channels from c on, each given to sink(number, vector): of an image (Bᵀ d B), and
// of a gradient (A dY Aᵀ).
template <class Lanes, class Sink>
AXUNET_INLINE void InputTile(const Window<6>& window, bool whole, int64_t c, Lanes lanes, const Sink& sink) {
  Vector u[36];
  for (int i = 0; i < 6; i++) {
    Vector d[6];
    window.Row(i, c, lanes, whole, d);
    InputLine(d, u + 6 * i, 1);
  }
  AXUNET_UNROLL for (int j = 0; j < 6; j++) {
    Vector d[6];
    InputLine(u + j, d, 6, 1);
    AXUNET_UNROLL for (int i = 0; i < 6; i++) sink(6 * i + j, d[i]);
  }
}
template <class Lanes, class Sink>
AXUNET_INLINE void GradientTile(const Window<4>& window, bool whole, int64_t c, Lanes lanes, const Sink& sink) {
  Vector b[24];
  for (int i = 0; i < 4; i++) {
    Vector y[4];
    window.Row(i, c, lanes, whole, y);
    OutputLineAdjoint(y, b + 6 * i, 1, 1);
  }
  AXUNET_UNROLL for (int j = 0; j < 6; j++) {
    Vector a[6];
    OutputLineAdjoint(b + j, a, 6, 1);
    AXUNET_UNROLL for (int i = 0; i < 6; i++) sink(6 * i + j, a[i]);
  }
}

// The 36 numbers of 16 kernels whose nine taps are w.
AXUNET_INLINE void TransformTaps(const Vector* w, Vector* u) {
  Vector a[18];
  for (int j = 0; j < 3; j++) KernelLine(w + j, a + j, 3, 3);
  for (int i = 0; i < 6; i++) KernelLine(a + 3 * i, u + 6 * i, 1, 1);
}

}  // namespace axunet
