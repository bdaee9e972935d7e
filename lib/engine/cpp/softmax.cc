// Softmax over the classes of each pixel, as losses need it: the probability of the foreground, the cross-entropy, and their gradients, one
// pass over the image each. Images have few classes, so 16 pixels are computed side by side; see ops/softmaxCrossEntropy.ts for the formulas.
#include <algorithm>
#include <cmath>
#include <vector>

#include "kernel.h"
#include "parallel.h"
#include "vector.h"

namespace axunet {
namespace {

typedef int32_t Whole __attribute__((vector_size(64), aligned(4), may_alias));

// eˣ for x ≤ 0, to 2 units in the last place: 2ⁿ · eʳ with |r| ≤ ln 2 / 2, eʳ by a polynomial with the coefficients of Cephes' expf.
AXUNET_INLINE Vector Exp(Vector x) {
  const Vector shifted = x * 1.44269504f + 12582912.f, n = shifted - 12582912.f; // rounds to whole numbers
  const Vector r = x - n * 0.693359375f + n * 2.12194440e-4f;
  Vector p = r * 1.9875691500e-4f + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.f;
  const Whole exponent = reinterpret_cast<const Whole&>(shifted) << 23;
  const Whole scaled = reinterpret_cast<const Whole&>(p) + exponent;
  const Vector y = reinterpret_cast<const Vector&>(scaled);
  const Vector small = x < -87.f ? Vector{} : y;
  return x != x ? x : small;
}

// 16 pixels, classes side by side: the logits' exponentials less the largest, and the sum of them.
struct Block {
  std::vector<float> e; // [classes][16]
  Vector largest, sum;
  explicit Block(int64_t classes) : e(classes * kLanes) {}
};

// `two` says at compile time that there are two classes.
template <bool two>
AXUNET_INLINE void Exponentials(const float* z, int64_t count, int64_t lanes, Block& block) {
  const int64_t classes = two ? 2 : count;
  float* e = block.e.data();
  if (lanes == kLanes) {
    for (int64_t l = 0; l < kLanes; l++)
      for (int64_t c = 0; c < classes; c++) e[c * kLanes + l] = z[l * classes + c];
  } else {
    std::fill(block.e.begin(), block.e.end(), 0.f);
    for (int64_t l = 0; l < lanes; l++)
      for (int64_t c = 0; c < classes; c++) e[c * kLanes + l] = z[l * classes + c];
  }
  block.largest = Load(e);
  for (int64_t c = 1; c < classes; c++) {
    const Vector value = Load(e + c * kLanes);
    block.largest = value > block.largest ? value : block.largest;
  }
  block.sum = Vector{};
  for (int64_t c = 0; c < classes; c++) {
    const Vector value = Exp(Load(e + c * kLanes) - block.largest);
    Store(e + c * kLanes, value);
    block.sum += value;
  }
}

template <bool two>
AXUNET_INLINE void Scatter(const Block& block, int64_t count, int64_t lanes, float* z) {
  const int64_t classes = two ? 2 : count;
  for (int64_t l = 0; l < lanes; l++)
    for (int64_t c = 0; c < classes; c++) z[l * classes + c] = block.e[c * kLanes + l];
}

template <bool two>
AXUNET_INLINE void Foreground(const float* z, int64_t classes, int64_t from, int64_t to, float* p) {
  Block block(classes);
  for (int64_t i = from; i < to; i += kLanes) {
    const int64_t lanes = std::min(kLanes, to - i);
    Exponentials<two>(z + i * classes, classes, lanes, block);
    Vector others = Load(block.e.data() + kLanes);
    for (int64_t c = 2; c < classes; c++) others += Load(block.e.data() + c * kLanes);
    Store(p + i, others / block.sum, lanes);
  }
}

// With p₀ the probability of the background: dz₀ = −p₀ (1 − p₀) dp, dz_c = p₀ p_c dp.
template <bool two>
AXUNET_INLINE void ForegroundGradient(const float* z, const float* dp, int64_t classes, int64_t from, int64_t to, float* dz) {
  Block block(classes);
  for (int64_t i = from; i < to; i += kLanes) {
    const int64_t lanes = std::min(kLanes, to - i);
    Exponentials<two>(z + i * classes, classes, lanes, block);
    float* e = block.e.data();
    const Vector factor = Load(dp + i, lanes) * Load(e) / (block.sum * block.sum);
    Vector others = {};
    for (int64_t c = 1; c < classes; c++) {
      const Vector value = Load(e + c * kLanes);
      others += value;
      Store(e + c * kLanes, factor * value);
    }
    Store(e, -factor * others);
    Scatter<two>(block, classes, lanes, dz + i * classes);
  }
}

// log Σ eᶻ − z_label; NaN for a label that is no class.
template <bool two>
AXUNET_INLINE void CrossEntropy(const float* z, const float* labels, int64_t classes, int64_t from, int64_t to, float* loss) {
  Block block(classes);
  for (int64_t i = from; i < to; i += kLanes) {
    const int64_t lanes = std::min(kLanes, to - i);
    Exponentials<two>(z + i * classes, classes, lanes, block);
    for (int64_t l = 0; l < lanes; l++) {
      const int64_t label = static_cast<int64_t>(labels[i + l]);
      loss[i + l] = label >= 0 && label < classes ? std::log(block.sum[l]) + (block.largest[l] - z[(i + l) * classes + label]) : NAN;
    }
  }
}

// (p − y) dy
template <bool two>
AXUNET_INLINE void CrossEntropyGradient(const float* z, const float* labels, const float* dy, int64_t classes, int64_t from, int64_t to, float* dz) {
  Block block(classes);
  for (int64_t i = from; i < to; i += kLanes) {
    const int64_t lanes = std::min(kLanes, to - i);
    Exponentials<two>(z + i * classes, classes, lanes, block);
    float* e = block.e.data();
    const Vector label = Load(labels + i, lanes), upstream = Load(dy + i, lanes);
    for (int64_t c = 0; c < (two ? 2 : classes); c++) {
      const Vector p = Load(e + c * kLanes) / block.sum;
      Store(e + c * kLanes, (label == static_cast<float>(c) ? p - 1.f : p) * upstream);
    }
    Scatter<two>(block, classes, lanes, dz + i * classes);
  }
}

// Each with code for two classes, the usual case, and for any number.
#define AXUNET_PIXELS(NAME, FUNCTION, PARAMETERS, ...)                                     \
  AXUNET_CLONES void NAME(PARAMETERS, int64_t classes, int64_t from, int64_t to, float* out) { \
    if (classes == 2) FUNCTION<true>(__VA_ARGS__, 2, from, to, out);                       \
    else FUNCTION<false>(__VA_ARGS__, classes, from, to, out);                             \
  }
#define AXUNET_ARGS(...) __VA_ARGS__
AXUNET_PIXELS(ForegroundPixels, Foreground, const float* z, z)
AXUNET_PIXELS(ForegroundGradientPixels, ForegroundGradient, AXUNET_ARGS(const float* z, const float* dp), z, dp)
AXUNET_PIXELS(CrossEntropyPixels, CrossEntropy, AXUNET_ARGS(const float* z, const float* labels), z, labels)
AXUNET_PIXELS(CrossEntropyGradientPixels, CrossEntropyGradient, AXUNET_ARGS(const float* z, const float* labels, const float* dy), z, labels, dy)

// Calls body(classes, from, to) for parts of the pixels of logits [..., classes].
template <class Body>
void EachPart(const Arguments& a, const Body& body) {
  const int64_t classes = a.shapes[0].back();
  int64_t pixels = 1;
  for (size_t i = 0; i + 1 < a.shapes[0].size(); i++) pixels *= a.shapes[0][i];
  constexpr int64_t kPart = 512;
  Pool::Get().For((pixels + kPart - 1) / kPart, 4, [&](int64_t begin, int64_t end) { body(classes, begin * kPart, std::min(pixels, end * kPart)); });
}

}  // namespace

void RegisterSoftmax() {
  // logits → probability of the classes above 0
  RegisterKernel("AxunetForeground", 1, [](const Arguments& a) {
    EachPart(a, [&](int64_t classes, int64_t from, int64_t to) { ForegroundPixels(a.inputs[0], classes, from, to, a.output); });
  });
  // logits, dp → dz
  RegisterKernel("AxunetForegroundGradient", 2, [](const Arguments& a) {
    EachPart(a, [&](int64_t classes, int64_t from, int64_t to) { ForegroundGradientPixels(a.inputs[0], a.inputs[1], classes, from, to, a.output); });
  });
  // logits, labels → loss of each pixel
  RegisterKernel("AxunetCrossEntropy", 2, [](const Arguments& a) {
    EachPart(a, [&](int64_t classes, int64_t from, int64_t to) { CrossEntropyPixels(a.inputs[0], a.inputs[1], classes, from, to, a.output); });
  });
  // logits, labels, dy → dz
  RegisterKernel("AxunetCrossEntropyGradient", 3, [](const Arguments& a) {
    EachPart(a, [&](int64_t classes, int64_t from, int64_t to) { CrossEntropyGradientPixels(a.inputs[0], a.inputs[1], a.inputs[2], classes, from, to, a.output); });
  });
}

}  // namespace axunet
