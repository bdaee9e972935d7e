// The products of winograd.cc in bfloat16: sums stay float32, what is multiplied has 8 digits. Two numbers make one
// word of 32 bits, and the processor multiplies and adds both pairs of two words at once, twice as many as in float32.
// Transforms are computed in float32 and rounded at the end. For processors with AVX512_BF16 (AMD Zen 4, Intel Cooper
// Lake and Sapphire Rapids, and later).
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 10
#include <immintrin.h>

// After the standard headers, whose functions other files share; ours are inlined.
#pragma GCC push_options
#pragma GCC target("arch=x86-64-v4,avx512bf16")
#include "winogradLines.h"

namespace axunet {
namespace {

// One block of C: R rows and N vectors, as in product.cc.
template <int R, int N>
void Block(const Product& p, int64_t row, int64_t column) {
  const auto* a = reinterpret_cast<const int32_t*>(p.a) + row * p.rowA;
  const auto* b = reinterpret_cast<const int32_t*>(p.b) + column;
  float* c = p.c + row * p.rowC + column;
  __m512 sums[R][N];
  AXUNET_UNROLL for (int r = 0; r < R; r++) AXUNET_UNROLL for (int n = 0; n < N; n++) sums[r][n] = _mm512_setzero_ps();
  for (int64_t k = 0; k < p.depth; k++, a += p.depthA, b += p.rowB) {
    __m512bh bs[N];
    AXUNET_UNROLL for (int n = 0; n < N; n++) bs[n] = (__m512bh)_mm512_loadu_si512(b + 16 * n);
    AXUNET_UNROLL for (int r = 0; r < R; r++) {
      const auto as = (__m512bh)_mm512_set1_epi32(a[r * p.rowA]);
      AXUNET_UNROLL for (int n = 0; n < N; n++) sums[r][n] = _mm512_dpbf16_ps(sums[r][n], as, bs[n]);
    }
  }
  AXUNET_UNROLL for (int r = 0; r < R; r++) AXUNET_UNROLL for (int n = 0; n < N; n++) {
    float* to = c + r * p.rowC + 16 * n;
    _mm512_storeu_ps(to, p.add ? _mm512_add_ps(_mm512_loadu_ps(to), sums[r][n]) : sums[r][n]);
  }
}
template <int R, int N>
void BlockRows(const Product& p, int64_t row, int64_t column, int64_t rows) {
  if constexpr (R > 0) {
    if (rows == R) return Block<R, N>(p, row, column);
    BlockRows<R - 1, N>(p, row, column, rows);
  }
}
template <int N>
void Blocks(const Product& p, int64_t from, int64_t to) {
  for (int64_t column = from; column < to; column += 16 * N)
    for (int64_t row = 0; row < p.rows; row += 12)
      BlockRows<12, N>(p, row, column, std::min<int64_t>(12, p.rows - row));
}
void MultiplyPairs(const Product& p) {
  const int64_t pairs = p.columns / 32 * 32;
  Blocks<2>(p, 0, pairs);
  Blocks<1>(p, pairs, p.columns);
}

// Words of 16 pairs (low[i], high[i]).
AXUNET_INLINE void StorePairs(float* to, const Vector& low, const Vector& high) {
  const __m512i order = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22, 6, 21,
                                         5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
  _mm512_storeu_si512(to, _mm512_permutexvar_epi16(order, (__m512i)_mm512_cvtne2ps_pbh((__m512)high, (__m512)low)));
}

// Pairs of channels: V as [tiles][channels / 2].
void InputRows(const Tiling& t, const float* image, int64_t channels, int64_t first, int64_t tiles, int64_t from,
               int64_t to, float* v, int64_t row, int64_t plane) {
  for (int64_t k = 0; k < tiles; k++) {
    const Window<6> window(t, t.at(first + k), 1, image, channels);
    const bool whole = window.whole();
    EachVector(from, to, [&](int64_t c, auto lanes) __attribute__((always_inline)) {
      float* out = v + k * row + (c - from) / 2;
      InputTile(window, whole, c, lanes, [&](int i, const Vector& number) __attribute__((always_inline)) {
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + i * plane), (__m256i)_mm512_cvtneps_pbh((__m512)number));
      });
    });
  }
}

// Pairs of tiles: V as [tiles / 2][channels], with 0 beside the last of an odd number.
template <int side, class Transform>
AXUNET_INLINE void Columns(const Tiling& t, const float* image, int64_t channels, int64_t first, int64_t tiles,
                           int64_t from, int64_t to, float* v, int64_t row, int64_t plane, const Transform& transform) {
  for (int64_t k = 0; k < tiles; k += 2) {
    const bool alone = k + 1 == tiles;
    const int64_t before = side == 6;
    const Window<side> one(t, t.at(first + k), before, image, channels),
        other(t, t.at(first + k + !alone), before, image, channels);
    EachVector(from, to, [&](int64_t c, auto lanes) __attribute__((always_inline)) {
      float* out = v + k / 2 * row + c - from;
      Vector low[36];
      transform(one, c, lanes, [&](int i, const Vector& number) __attribute__((always_inline)) { low[i] = number; });
      if (alone) {
        for (int i = 0; i < 36; i++) StorePairs(out + i * plane, low[i], Vector{});
      } else {
        transform(other, c, lanes, [&](int i, const Vector& number) __attribute__((always_inline)) {
          StorePairs(out + i * plane, low[i], number);
        });
      }
    });
  }
}
void InputColumns(const Tiling& t, const float* image, int64_t channels, int64_t first, int64_t tiles, int64_t from,
                  int64_t to, float* v, int64_t row, int64_t plane) {
  Columns<6>(t, image, channels, first, tiles, from, to, v, row, plane,
             [](const auto& window, int64_t c, auto lanes, const auto& sink)
                 __attribute__((always_inline)) { InputTile(window, window.whole(), c, lanes, sink); });
}
void GradientColumns(const Tiling& t, const float* dy, int64_t channels, int64_t first, int64_t tiles, int64_t from,
                     int64_t to, float* m, int64_t row, int64_t plane) {
  Columns<4>(t, dy, channels, first, tiles, from, to, m, row, plane,
             [](const auto& window, int64_t c, auto lanes, const auto& sink)
                 __attribute__((always_inline)) { GradientTile(window, window.whole(), c, lanes, sink); });
}

// Pairs of inputs (turned: of outputs) of 16 kernels whose taps are `low` and `high`.
AXUNET_INLINE void StoreTaps(const Vector* low, const Vector* high, float* u, int64_t plane) {
  Vector one[36], other[36];
  TransformTaps(low, one);
  TransformTaps(high, other);
  for (int i = 0; i < 36; i++) StorePairs(u + i * plane, one[i], other[i]);
}

void KernelPairs(const float* g, int64_t in, int64_t out, int64_t from, int64_t to, int64_t first, int64_t last,
                 float* u, int64_t plane) {
  const int64_t rows = (to - from + 1) / 2;
  for (int64_t c = from; c < to; c += 2) {
    for (int64_t k = first; k < RoundUp(last, kPanel); k += kLanes) {
      const int64_t lanes = std::max<int64_t>(0, std::min(kLanes, out - k)), panel = (k - first) / kPanel;
      Vector w[2][9] = {};
      for (int64_t half = 0; half < std::min<int64_t>(2, to - c); half++)
        for (int i = 0; i < 9; i++) w[half][i] = Load(g + (i * in + c + half) * out + k, lanes);
      StoreTaps(w[0], w[1], u + (panel * rows + (c - from) / 2) * kPanel + (k - first) % kPanel, plane);
    }
  }
}
void TurnedKernelPairs(const float* g, int64_t in, int64_t out, int64_t from, int64_t to, int64_t first, int64_t last,
                       float* u, int64_t plane) {
  const int64_t rows = (to - from + 1) / 2;
  for (int64_t c = first; c < RoundUp(last, kPanel); c += kLanes) {
    const int64_t lanes = std::max<int64_t>(0, std::min(kLanes, in - c)), panel = (c - first) / kPanel;
    for (int64_t k0 = from; k0 < to; k0 += kLanes) {
      float turned[kLanes][9][kLanes] = {};  // [output][tap][input]
      for (int64_t i = 0; i < 9; i++)
        for (int64_t l = 0; l < lanes; l++)
          for (int64_t k = 0; k < std::min(kLanes, to - k0); k++)
            turned[k][8 - i][l] = g[(i * in + c + l) * out + k0 + k];
      for (int64_t k = 0; k < std::min(kLanes, to - k0); k += 2) {
        Vector w[2][9];
        for (int i = 0; i < 9; i++) w[0][i] = Load(turned[k][i]), w[1][i] = Load(turned[k + 1][i]);
        StoreTaps(w[0], w[1], u + (panel * rows + (k0 - from + k) / 2) * kPanel + (c - first) % kPanel, plane);
      }
    }
  }
}

}  // namespace
}  // namespace axunet

#pragma GCC pop_options

namespace axunet {

const Format* Bfloat16() {
  static const Format format{
      2, KernelPairs, TurnedKernelPairs, InputRows, InputColumns, GradientColumns, MultiplyPairs};
  static const bool can = __builtin_cpu_supports("avx512bf16") && __builtin_cpu_supports("avx512bw") &&
                          __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
  return can ? &format : nullptr;
}

}  // namespace axunet

#else

#include "winograd.h"

namespace axunet {
const Format* Bfloat16() { return nullptr; }
}  // namespace axunet

#endif
