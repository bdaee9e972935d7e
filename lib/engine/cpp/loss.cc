// Losses of logits [n, h, w, classes] and their gradients, in one pass over the pixels each; see ops/classSums.ts and
// ops/focalCrossEntropy.ts for the formulas. Labels are class numbers: int32, in the
// guise of float32 (Bitcast), since our kernels take no other type.
//
// Two classes, the usual case, need one exponential per pixel: with d = z₁ − z₀ and e = exp(−|d|) the probabilities are 1 / (1 + e) and
// e / (1 + e), and −log p of the truth is log (1 + e), plus |d| where d points the wrong way. No difference of near numbers is taken, so
// small losses keep their digits. Sums are made in an order that does not depend on the number of threads.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "kernel.h"
#include "parallel.h"
#include "vector.h"

namespace axunet {
namespace {

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
AXUNET_INLINE Vector LoadUpTo(const float* from, int64_t left) { return left >= kLanes ? Load(from) : Load(from, left); }
AXUNET_INLINE Integers LoadUpTo(const int32_t* from, int64_t left) {
  if (left >= kLanes) return *reinterpret_cast<const Integers*>(from);
  Integers v = {};
  std::memcpy(&v, from, left * sizeof(int32_t));
  return v;
}
const int32_t* LabelsOf(const Arguments& a) { return reinterpret_cast<const int32_t*>(a.inputs[1]); }

// The probabilities of both classes.
struct Pair { Vector background, foreground; };
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

// Σ p, Σ r p, Σ r, Σ p² of two classes, added to sums [4][2].
AXUNET_CLONES void SumTwo(const float* z, const int32_t* labels, int64_t count, double* sums) {
  float d[kBlock];
  for (int64_t first = 0; first < count; first += kBlock) {
    const int64_t size = std::min(kBlock, count - first);
    Differences(z + 2 * first, size, d);
    Vector total[8] = {};
    for (int64_t k = 0; k < size; k += kLanes) {
      const Integers label = LoadUpTo(labels + first + k, size - k);
      Vector counts = Splat(1.f);
      for (int64_t lane = size - k; lane < kLanes; lane++) counts[lane] = 0.f;
      const Pair p = Probabilities(Load(d + k));
      const Vector r[2] = {label == 0 ? counts : Vector{}, label == 1 ? counts : Vector{}};
      const Vector each[2] = {p.background * counts, p.foreground * counts};
      AXUNET_UNROLL for (int64_t c = 0; c < 2; c++) {
        total[c] += each[c];
        total[2 + c] += r[c] * each[c];
        total[4 + c] += r[c];
        total[6 + c] += each[c] * each[c];
      }
    }
    for (int64_t i = 0; i < 8; i++)
      for (int64_t lane = 0; lane < kLanes; lane++) sums[i] += total[i][lane];
  }
}
void SumMany(const float* z, const int32_t* labels, int64_t count, int64_t classes, double* sums) {
  float p[kMostClasses];
  for (int64_t i = 0; i < count; i++) {
    Softmax(z + classes * i, classes, p);
    for (int64_t k = 0; k < classes; k++) {
      sums[k] += p[k];
      sums[3 * classes + k] += static_cast<double>(p[k]) * p[k];
      if (labels[i] != k) continue;
      sums[classes + k] += p[k];
      sums[2 * classes + k] += 1;
    }
  }
}

// logits, labels → [4, n, classes]: Σ p, Σ r p, Σ r, Σ p²
void ClassSums(const Arguments& a) {
  const Pixels pixels(a.shapes[0]);
  const int64_t classes = pixels.classes, size = 4 * classes;
  std::vector<double> all(pixels.images * pixels.parts * size);
  Pool::Get().For(pixels.images * pixels.parts, 1, [&](int64_t begin, int64_t end) {
    for (int64_t p = begin; p < end; p++) {
      const int64_t first = p / pixels.parts * pixels.count + pixels.begin(p % pixels.parts), count = pixels.begin(p % pixels.parts + 1) - pixels.begin(p % pixels.parts);
      if (classes == 2) SumTwo(a.inputs[0] + 2 * first, LabelsOf(a) + first, count, all.data() + p * size);
      else SumMany(a.inputs[0] + classes * first, LabelsOf(a) + first, count, classes, all.data() + p * size);
    }
  });
  for (int64_t image = 0; image < pixels.images; image++)
    for (int64_t i = 0; i < size; i++) {
      double sum = 0;
      for (int64_t part = 0; part < pixels.parts; part++) sum += all[(image * pixels.parts + part) * size + i];
      a.output[(i / classes * pixels.images + image) * classes + i % classes] = static_cast<float>(sum);
    }
}

// With g_l = a_l + b_l r_l + 2 c_l p_l, the gradient by z_k is p_k (g_k − Σ g_l p_l): of two classes p₀ p₁ (g₁ − g₀) and its negative.
// `by` [3][classes] holds a, b and c.
AXUNET_CLONES void SumTwoGradient(const float* z, const int32_t* labels, const float* by, int64_t count, float* dz) {
  float d[kBlock];
  for (int64_t first = 0; first < count; first += kBlock) {
    const int64_t size = std::min(kBlock, count - first);
    Differences(z + 2 * first, size, d);
    for (int64_t k = 0; k < size; k += kLanes) {
      const Integers label = LoadUpTo(labels + first + k, size - k);
      const Pair p = Probabilities(Load(d + k));
      const Vector foreground = by[1] + (label == 1 ? Splat(by[3]) : Vector{}) + 2.f * by[5] * p.foreground;
      const Vector background = by[0] + (label == 0 ? Splat(by[2]) : Vector{}) + 2.f * by[4] * p.background;
      Store(d + k, p.foreground * p.background * (foreground - background));
    }
    Spread(d, size, dz + 2 * first);
  }
}
void SumManyGradient(const float* z, const int32_t* labels, const float* by, int64_t count, int64_t classes, float* dz) {
  float p[kMostClasses], g[kMostClasses];
  for (int64_t i = 0; i < count; i++) {
    Softmax(z + classes * i, classes, p);
    float mean = 0;
    for (int64_t k = 0; k < classes; k++) {
      g[k] = by[k] + (labels[i] == k ? by[classes + k] : 0.f) + 2 * by[2 * classes + k] * p[k];
      mean += g[k] * p[k];
    }
    for (int64_t k = 0; k < classes; k++) dz[classes * i + k] = p[k] * (g[k] - mean);
  }
}

// logits, labels, gradient by Σ p, Σ r p and Σ p² [3, n, classes] → gradient by the logits
void ClassSumsGradient(const Arguments& a) {
  const Pixels pixels(a.shapes[0]);
  const int64_t classes = pixels.classes;
  Pool::Get().For(pixels.images * pixels.parts, 1, [&](int64_t begin, int64_t end) {
    for (int64_t p = begin; p < end; p++) {
      const int64_t image = p / pixels.parts, first = image * pixels.count + pixels.begin(p % pixels.parts), count = pixels.begin(p % pixels.parts + 1) - pixels.begin(p % pixels.parts);
      std::vector<float> by(3 * classes);
      for (int64_t i = 0; i < 3 * classes; i++) by[i] = a.inputs[2][(i / classes * pixels.images + image) * classes + i % classes];
      if (classes == 2) SumTwoGradient(a.inputs[0] + 2 * first, LabelsOf(a) + first, by.data(), count, a.output + 2 * first);
      else SumManyGradient(a.inputs[0] + classes * first, LabelsOf(a) + first, by.data(), count, classes, a.output + classes * first);
    }
  });
}

// γ and the weights of background and foreground pixels.
struct Focus { float gamma, background, foreground; };

// What the focal loss of two classes is made of: c = −log p of the truth, p, q = 1 − p and w q^γ, with d pointing to the truth.
struct FocalTerms { Vector entropy, right, wrong, weight; };
AXUNET_INLINE FocalTerms Focal(const Vector& d, const Integers& label, const Focus& focus) {
  const Vector margin = label > 0 ? d : -d, weight = label > 0 ? Splat(focus.foreground) : Splat(focus.background);
  const Vector e = Exp(margin > 0.f ? -margin : margin), large = 1.f / (e + 1.f), small = e * large, log = LogOnePlus(e);
  const Vector wrong = margin > 0.f ? small : large, right = margin > 0.f ? large : small;
  const Vector focused = focus.gamma == 0.f ? Splat(1.f) : focus.gamma == 2.f ? wrong * wrong : Exp(-focus.gamma * (log + Positive(margin)));
  return {log + Positive(-margin), right, wrong, weight * focused};
}

AXUNET_CLONES void FocalTwo(const float* z, const int32_t* labels, const Focus& focus, int64_t count, float* loss) {
  float d[kBlock];
  for (int64_t first = 0; first < count; first += kBlock) {
    const int64_t size = std::min(kBlock, count - first);
    Differences(z + 2 * first, size, d);
    for (int64_t k = 0; k < size; k += kLanes) {
      const int64_t left = std::min(kLanes, size - k);
      const FocalTerms t = Focal(Load(d + k), LoadUpTo(labels + first + k, left), focus);
      const Vector value = t.weight * t.entropy;
      if (left == kLanes) Store(loss + first + k, value);
      else Store(loss + first + k, value, left);
    }
  }
}
// By the logit of the truth −w q^γ (q + γ p c), by the other its negative; times dy, where it is given.
AXUNET_CLONES void FocalTwoGradient(const float* z, const int32_t* labels, const Focus& focus, const float* dy, int64_t count, float* dz) {
  float d[kBlock];
  for (int64_t first = 0; first < count; first += kBlock) {
    const int64_t size = std::min(kBlock, count - first);
    Differences(z + 2 * first, size, d);
    for (int64_t k = 0; k < size; k += kLanes) {
      const Integers label = LoadUpTo(labels + first + k, size - k);
      const FocalTerms t = Focal(Load(d + k), label, focus);
      const Vector slope = t.weight * (t.wrong + focus.gamma * t.right * t.entropy), given = dy == nullptr ? slope : slope * LoadUpTo(dy + first + k, size - k);
      Store(d + k, label > 0 ? -given : given);
    }
    Spread(d, size, dz + 2 * first);
  }
}

// The same for one pixel of any number of classes; the gradient only where dz is given.
float FocalMany(const float* z, int64_t classes, int64_t label, const Focus& focus, float dy, float* dz) {
  float e[kMostClasses], others = 0;
  const float most = *std::max_element(z, z + classes);
  for (int64_t k = 0; k < classes; k++) {
    e[k] = std::exp(z[k] - most);
    if (k != label) others += e[k];
  }
  const float sum = e[label] + others, right = e[label] / sum, wrong = others / sum;
  const float entropy = e[label] == 1.f ? std::log1p(others) : std::log(sum) + most - z[label];
  const float weight = (label > 0 ? focus.foreground : focus.background) * (focus.gamma == 0.f ? 1.f : std::pow(wrong, focus.gamma));
  if (dz != nullptr) {
    const float focused = focus.gamma * right * entropy;
    for (int64_t k = 0; k < classes; k++) dz[k] = dy * weight * (k == label ? -(wrong + focused) : e[k] / sum + (others > 0 ? focused * e[k] / others : 0.f));
  }
  return weight * entropy;
}

int64_t LabelOf(int32_t label, int64_t classes) { return std::min(std::max<int64_t>(label, 0), classes - 1); }

// logits, labels, [γ, weight of background, weight of foreground] → loss of each pixel
void Focal(const Arguments& a) {
  const Pixels pixels(a.shapes[0]);
  const int64_t classes = pixels.classes;
  const Focus focus{a.inputs[2][0], a.inputs[2][1], a.inputs[2][2]};
  Pool::Get().For(pixels.images * pixels.count, 4096, [&](int64_t from, int64_t to) {
    if (classes == 2) return FocalTwo(a.inputs[0] + 2 * from, LabelsOf(a) + from, focus, to - from, a.output + from);
    for (int64_t i = from; i < to; i++) a.output[i] = FocalMany(a.inputs[0] + classes * i, classes, LabelOf(LabelsOf(a)[i], classes), focus, 0, nullptr);
  });
}

// logits, labels, [γ, weight of background, weight of foreground], gradient by each pixel's loss (empty: 1) → gradient by the logits
void FocalGradient(const Arguments& a) {
  const Pixels pixels(a.shapes[0]);
  const int64_t classes = pixels.classes;
  const Focus focus{a.inputs[2][0], a.inputs[2][1], a.inputs[2][2]};
  const float* dy = a.shapes[3][0] == 0 ? nullptr : a.inputs[3];
  Pool::Get().For(pixels.images * pixels.count, 4096, [&](int64_t from, int64_t to) {
    if (classes == 2) return FocalTwoGradient(a.inputs[0] + 2 * from, LabelsOf(a) + from, focus, dy == nullptr ? dy : dy + from, to - from, a.output + 2 * from);
    for (int64_t i = from; i < to; i++) FocalMany(a.inputs[0] + classes * i, classes, LabelOf(LabelsOf(a)[i], classes), focus, dy == nullptr ? 1.f : dy[i], a.output + classes * i);
  });
}

}  // namespace

void RegisterLoss() {
  RegisterKernel("AxunetClassSums", 2, ClassSums);
  RegisterKernel("AxunetClassSumsGradient", 3, ClassSumsGradient);
  RegisterKernel("AxunetFocal", 3, Focal);
  RegisterKernel("AxunetFocalGradient", 4, FocalGradient);
}

}  // namespace axunet
