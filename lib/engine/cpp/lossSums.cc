// The sums that overlap losses are made of, and their gradient; see ops/classSums.ts for the formulas.
#include "loss.h"

namespace axunet {
namespace {

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
      const int64_t first = p / pixels.parts * pixels.count + pixels.begin(p % pixels.parts),
                    count = pixels.begin(p % pixels.parts + 1) - pixels.begin(p % pixels.parts);
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

// With g_l = a_l + b_l r_l + 2 c_l p_l, the gradient by z_k is p_k (g_k − Σ g_l p_l): of two classes p₀ p₁ (g₁ − g₀)
// and its negative. `by` [3][classes] holds a, b and c.
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
void SumManyGradient(const float* z, const int32_t* labels, const float* by, int64_t count, int64_t classes,
                     float* dz) {
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
      const int64_t image = p / pixels.parts, first = image * pixels.count + pixels.begin(p % pixels.parts),
                    count = pixels.begin(p % pixels.parts + 1) - pixels.begin(p % pixels.parts);
      std::vector<float> by(3 * classes);
      for (int64_t i = 0; i < 3 * classes; i++)
        by[i] = a.inputs[2][(i / classes * pixels.images + image) * classes + i % classes];
      if (classes == 2)
        SumTwoGradient(a.inputs[0] + 2 * first, LabelsOf(a) + first, by.data(), count, a.output + 2 * first);
      else
        SumManyGradient(a.inputs[0] + classes * first, LabelsOf(a) + first, by.data(), count, classes,
                        a.output + classes * first);
    }
  });
}

}  // namespace

void RegisterLossSums() {
  RegisterKernel("AxunetClassSums", 2, ClassSums);
  RegisterKernel("AxunetClassSumsGradient", 3, ClassSumsGradient);
}

}  // namespace axunet
