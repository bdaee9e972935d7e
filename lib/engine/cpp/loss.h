// Losses of logits [n, h, w, classes] and their gradients, in one pass over the pixels each; see ops/classSums.ts and
// ops/focalCrossEntropy.ts for the formulas. Labels are class numbers: int32, in the
// guise of float32 (Bitcast), since our kernels take no other type.
//
// Two classes, the usual case, need one exponential per pixel: with d = z₁ − z₀ and e = exp(−|d|) the probabilities are
// 1 / (1 + e) and e / (1 + e), and −log p of the truth is log (1 + e), plus |d| where d points the wrong way. No
// difference of near numbers is taken, so small losses keep their digits. Sums are made in an order that does not
// depend on the number of threads.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "kernel.h"
#include "parallel.h"
#include "vector.h"

namespace axunet {

typedef int32_t Integers __attribute__((vector_size(64), aligned(4), may_alias));

constexpr int64_t kBlock = 256;     // pixels whose intermediate results stay in the fastest cache
constexpr int64_t kMostParts = 16;  // of an image in a sum, whatever the number of threads
constexpr int64_t kMostClasses = 64;

AXUNET_INLINE Vector Splat(float value) { return Vector{} + value; }

// exp(x) for x ≤ 0, to two units in the last place; 0 below −87. NaN stays NaN.
AXUNET_INLINE Vector Exp(const Vector& x) {
  const Vector least = Splat(-87.f), bounded = x < least ? least : x;
  const Integers n = __builtin_convertvector(bounded * 1.44269504f - 0.5f, Integers);  // towards 0, so to the nearest
  const Vector whole = __builtin_convertvector(n, Vector);
  const Vector r = (bounded - whole * 0.693359375f) + whole * 2.12194440e-4f;
  Vector p = r * (1.f / 5040) + 1.f / 720;
  p = p * r + 1.f / 120;
  p = p * r + 1.f / 24;
  p = p * r + 1.f / 6;
  p = p * r + 0.5f;
  p = p * r + 1.f;
  p = p * r + 1.f;
  const Integers bits = (n + 127) << 23;
  Vector power;
  std::memcpy(&power, &bits, sizeof(power));
  return x < least ? Vector{} : p * power;
}

// log(1 + e) for 0 ≤ e ≤ 1 as 2 artanh(e / (2 + e)): its digits stay where e is small.
AXUNET_INLINE Vector LogOnePlus(const Vector& e) {
  const Vector s = e / (e + 2.f), t = s * s;
  Vector p = t * (1.f / 13) + 1.f / 11;
  p = p * t + 1.f / 9;
  p = p * t + 1.f / 7;
  p = p * t + 1.f / 5;
  p = p * t + 1.f / 3;
  p = p * t + 1.f;
  return 2.f * s * p;
}

AXUNET_INLINE Vector Positive(const Vector& x) { return x > 0.f ? x : (x <= 0.f ? Vector{} : x); }

// z₁ − z₀ of `count` pixels, and 0 up to a whole vector.
AXUNET_INLINE void Differences(const float* z, int64_t count, float* d) {
  for (int64_t k = 0; k < count; k++) d[k] = z[2 * k + 1] - z[2 * k];
  for (int64_t k = count; k % kLanes; k++) d[k] = 0.f;
}
// g for the logits of class 1, −g for those of class 0.
AXUNET_INLINE void Spread(const float* g, int64_t count, float* dz) {
  for (int64_t k = 0; k < count; k++) {
    dz[2 * k] = -g[k];
    dz[2 * k + 1] = g[k];
  }
}
AXUNET_INLINE Vector LoadUpTo(const float* from, int64_t left) {
  return left >= kLanes ? Load(from) : Load(from, left);
}
AXUNET_INLINE Integers LoadUpTo(const int32_t* from, int64_t left) {
  if (left >= kLanes) return *reinterpret_cast<const Integers*>(from);
  Integers v = {};
  std::memcpy(&v, from, left * sizeof(int32_t));
  return v;
}
inline const int32_t* LabelsOf(const Arguments& a) { return reinterpret_cast<const int32_t*>(a.inputs[1]); }

// The probabilities of both classes.
struct Pair {
  Vector background, foreground;
};
AXUNET_INLINE Pair Probabilities(const Vector& d) {
  const Vector e = Exp(d > 0.f ? -d : d), large = 1.f / (e + 1.f), small = e * large;
  return {d > 0.f ? small : large, d > 0.f ? large : small};
}

// Softmax of one pixel; exponentials into p.
AXUNET_INLINE void Softmax(const float* z, int64_t classes, float* p) {
  const float most = *std::max_element(z, z + classes);
  float sum = 0;
  for (int64_t k = 0; k < classes; k++) sum += p[k] = std::exp(z[k] - most);
  for (int64_t k = 0; k < classes; k++) p[k] /= sum;
}

// Images of pixels of classes, and how the pixels of each are divided.
struct Pixels {
  int64_t images, count, classes, parts;
  explicit Pixels(const std::vector<int64_t>& shape) : images(shape[0]), count(shape[1] * shape[2]), classes(shape[3]) {
    parts = std::max<int64_t>(1, std::min<int64_t>(kMostParts, count / 4096));
  }
  int64_t begin(int64_t part) const { return count * part / parts; }
};

}  // namespace axunet
