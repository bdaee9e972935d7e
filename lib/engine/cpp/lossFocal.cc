// Focal cross-entropy of each pixel, and its gradient; see ops/focalCrossEntropy.ts for the formulas.
#include "loss.h"

namespace axunet {
namespace {

// γ and the weights of background and foreground pixels.
struct Focus {
  float gamma, background, foreground;
};

// What the focal loss of two classes is made of: c = −log p of the truth, p, q = 1 − p and w q^γ, with d pointing to
// the truth.
struct FocalTerms {
  Vector entropy, right, wrong, weight;
};
AXUNET_INLINE FocalTerms Focal(const Vector& d, const Integers& label, const Focus& focus) {
  const Vector margin = label > 0 ? d : -d, weight = label > 0 ? Splat(focus.foreground) : Splat(focus.background);
  const Vector e = Exp(margin > 0.f ? -margin : margin), large = 1.f / (e + 1.f), small = e * large,
               log = LogOnePlus(e);
  const Vector wrong = margin > 0.f ? small : large, right = margin > 0.f ? large : small;
  const Vector focused = focus.gamma == 0.f   ? Splat(1.f)
                         : focus.gamma == 2.f ? wrong * wrong
                                              : Exp(-focus.gamma * (log + Positive(margin)));
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
AXUNET_CLONES void FocalTwoGradient(const float* z, const int32_t* labels, const Focus& focus, const float* dy,
                                    int64_t count, float* dz) {
  float d[kBlock];
  for (int64_t first = 0; first < count; first += kBlock) {
    const int64_t size = std::min(kBlock, count - first);
    Differences(z + 2 * first, size, d);
    for (int64_t k = 0; k < size; k += kLanes) {
      const Integers label = LoadUpTo(labels + first + k, size - k);
      const FocalTerms t = Focal(Load(d + k), label, focus);
      const Vector slope = t.weight * (t.wrong + focus.gamma * t.right * t.entropy),
                   given = dy == nullptr ? slope : slope * LoadUpTo(dy + first + k, size - k);
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
  const float weight =
      (label > 0 ? focus.foreground : focus.background) * (focus.gamma == 0.f ? 1.f : std::pow(wrong, focus.gamma));
  if (dz != nullptr) {
    const float focused = focus.gamma * right * entropy;
    for (int64_t k = 0; k < classes; k++)
      dz[k] =
          dy * weight * (k == label ? -(wrong + focused) : e[k] / sum + (others > 0 ? focused * e[k] / others : 0.f));
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
    for (int64_t i = from; i < to; i++)
      a.output[i] = FocalMany(a.inputs[0] + classes * i, classes, LabelOf(LabelsOf(a)[i], classes), focus, 0, nullptr);
  });
}

// logits, labels, [γ, weight of background, weight of foreground], gradient by each pixel's loss (empty: 1) → gradient
// by the logits
void FocalGradient(const Arguments& a) {
  const Pixels pixels(a.shapes[0]);
  const int64_t classes = pixels.classes;
  const Focus focus{a.inputs[2][0], a.inputs[2][1], a.inputs[2][2]};
  const float* dy = a.shapes[3][0] == 0 ? nullptr : a.inputs[3];
  Pool::Get().For(pixels.images * pixels.count, 4096, [&](int64_t from, int64_t to) {
    if (classes == 2)
      return FocalTwoGradient(a.inputs[0] + 2 * from, LabelsOf(a) + from, focus, dy == nullptr ? dy : dy + from,
                              to - from, a.output + 2 * from);
    for (int64_t i = from; i < to; i++)
      FocalMany(a.inputs[0] + classes * i, classes, LabelOf(LabelsOf(a)[i], classes), focus,
                dy == nullptr ? 1.f : dy[i], a.output + classes * i);
  });
}

}  // namespace

void RegisterLossFocal() {
  RegisterKernel("AxunetFocal", 3, Focal);
  RegisterKernel("AxunetFocalGradient", 4, FocalGradient);
}

}  // namespace axunet
