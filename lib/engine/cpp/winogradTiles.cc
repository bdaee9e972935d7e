// Tiles, kernels and gradients to and from their 36 numbers; see winograd.cc for the formulas.
#include "winogradLines.h"

namespace axunet {

AXUNET_CLONES void InputTiles(const Tiling& t, const float* image, int64_t channels, int64_t first, int64_t tiles,
                              int64_t from, int64_t to, float* v, int64_t row, int64_t plane) {
  for (int64_t k = 0; k < tiles; k++) {
    const Window<6> window(t, t.at(first + k), 1, image, channels);
    const bool whole = window.whole();
    EachVector(from, to, [&](int64_t c, auto lanes) __attribute__((always_inline)) {
      float* out = v + k * row + c - from;
      InputTile(window, whole, c, lanes,
                [&](int i, const Vector& number) __attribute__((always_inline)) { Store(out + i * plane, number); });
    });
  }
}

AXUNET_CLONES void GradientTiles(const Tiling& t, const float* dy, int64_t channels, int64_t first, int64_t tiles,
                                 int64_t from, int64_t to, float* m, int64_t row, int64_t plane) {
  for (int64_t k = 0; k < tiles; k++) {
    const Window<4> window(t, t.at(first + k), 0, dy, channels);
    const bool whole = window.whole();
    EachVector(from, to, [&](int64_t c, auto lanes) __attribute__((always_inline)) {
      float* out = m + k * row + c - from;
      GradientTile(window, whole, c, lanes,
                   [&](int i, const Vector& number) __attribute__((always_inline)) { Store(out + i * plane, number); });
    });
  }
}

AXUNET_CLONES void OutputTiles(const Tiling& t, const float* m, int64_t row, int64_t plane, const float* bias,
                               bool relu, float* image, int64_t channels, int64_t first, int64_t tiles, int64_t from,
                               int64_t to) {
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
        AXUNET_UNROLL for (int i = 0; i < 6; i++) a[i] = Load(in + (6 * i + j) * plane);
        OutputLine(a, b + j, 1, 6);
      }
      for (int64_t i = 0; i < rows; i++) {
        Vector y[4];
        OutputLine(b + 6 * i, y, 1, 1);
        AXUNET_UNROLL for (int64_t j = 0; j < 4; j++) {
          Vector value = y[j] + add;
          if (relu) value = value <= 0.f ? Vector{} : value;  // so that NaN stays NaN
          if (j < columns) Store(corner + (i * t.width + j) * t.dilation * channels + c, value, lanes);
        }
      }
    });
  }
}

AXUNET_INLINE void StoreTaps(const Vector* w, float* u, int64_t plane) {
  Vector numbers[36];
  TransformTaps(w, numbers);
  for (int i = 0; i < 36; i++) Store(u + i * plane, numbers[i]);
}

AXUNET_CLONES void KernelPanels(const float* g, int64_t in, int64_t out, int64_t from, int64_t to, int64_t first,
                                int64_t last, float* u, int64_t plane) {
  for (int64_t c = from; c < to; c++) {
    for (int64_t k = first; k < RoundUp(last, kPanel); k += kLanes) {
      const int64_t lanes = std::max<int64_t>(0, std::min(kLanes, out - k)), panel = (k - first) / kPanel;
      Vector w[9];
      for (int i = 0; i < 9; i++) w[i] = Load(g + (i * in + c) * out + k, lanes);
      StoreTaps(w, u + (panel * (to - from) + c - from) * kPanel + (k - first) % kPanel, plane);
    }
  }
}

AXUNET_CLONES void TurnedKernelPanels(const float* g, int64_t in, int64_t out, int64_t from, int64_t to, int64_t first,
                                      int64_t last, float* u, int64_t plane) {
  for (int64_t c = first; c < RoundUp(last, kPanel); c += kLanes) {
    const int64_t lanes = std::max<int64_t>(0, std::min(kLanes, in - c)), panel = (c - first) / kPanel;
    for (int64_t k0 = from; k0 < to; k0 += kLanes) {
      const int64_t some = std::min(kLanes, to - k0);
      float turned[kLanes][9][kLanes] = {};  // [output][tap][input]
      for (int64_t i = 0; i < 9; i++)
        for (int64_t l = 0; l < lanes; l++)
          for (int64_t k = 0; k < some; k++) turned[k][8 - i][l] = g[(i * in + c + l) * out + k0 + k];
      for (int64_t k = 0; k < some; k++) {
        Vector w[9];
        for (int i = 0; i < 9; i++) w[i] = Load(turned[k][i]);
        StoreTaps(w, u + (panel * (to - from) + k0 - from + k) * kPanel + (c - first) % kPanel, plane);
      }
    }
  }
}

AXUNET_CLONES void KernelGradient(const float* du, int64_t parts, int64_t rows, int64_t row, float* dg, int64_t in,
                                  int64_t out, int64_t c0, int64_t begin, int64_t end, int64_t from, int64_t to) {
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

}  // namespace axunet
