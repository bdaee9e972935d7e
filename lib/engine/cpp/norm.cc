// Batch normalisation and ReLU on images [..., channels]; see ops/batchNormRelu.ts for the formulas.
//
// y = max(0, scale (z − m) + β) with scale = γ / √(v + ε): neither y nor the normalised z has to be kept for the
// gradient, since z and the statistics tell both. Sums are made in an order that does not depend on the number of
// threads.
#include <cmath>
#include <vector>

#include "kernel.h"
#include "parallel.h"
#include "vector.h"

namespace axunet {
namespace {

constexpr int64_t kChunk = 128;     // rows (pixels) summed in float32 before they are added to the rest
constexpr int64_t kMostParts = 64;  // of the rows, whatever the number of threads
constexpr int64_t kGroup = 4;       // vectors of channels summed side by side

// An image as rows of channels, and how its rows are divided.
struct Rows {
  int64_t channels, count, parts;
  explicit Rows(const std::vector<int64_t>& shape) : channels(shape.back()), count(1) {
    for (size_t i = 0; i + 1 < shape.size(); i++) count *= shape[i];
    parts = std::max<int64_t>(1, std::min<int64_t>(kMostParts, count * channels / 8192));
  }
  int64_t begin(int64_t part) const { return count * part / parts; }
};

// The sums over chunks of rows of f(row pointers at a channel) for every channel, into sums[2][channels] as doubles.
template <class Add>
AXUNET_INLINE void SumRows(int64_t channels, int64_t from, int64_t to, double* sums, const Add& add) {
  for (int64_t chunk = from; chunk < to; chunk += kChunk) {
    const int64_t last = std::min(to, chunk + kChunk);
    for (int64_t c = 0; c < channels; c += kGroup * kLanes) {
      Vector a[kGroup] = {}, b[kGroup] = {};
      const int64_t vectors = std::min(kGroup, (channels - c + kLanes - 1) / kLanes);
      if (vectors == kGroup && c + kGroup * kLanes <= channels) {
        for (int64_t row = chunk; row < last; row++)
          AXUNET_UNROLL for (int64_t v = 0; v < kGroup; v++)
              add(row, c + v * kLanes, std::integral_constant<int64_t, kLanes>{}, a[v], b[v]);
      } else {
        for (int64_t row = chunk; row < last; row++)
          for (int64_t v = 0; v < vectors; v++)
            add(row, c + v * kLanes, std::min(kLanes, channels - c - v * kLanes), a[v], b[v]);
      }
      for (int64_t k = 0; k < std::min(kGroup * kLanes, channels - c); k++) {
        sums[c + k] += a[k / kLanes][k % kLanes];
        sums[channels + c + k] += b[k / kLanes][k % kLanes];
      }
    }
  }
}

// Σ (z − pivot) and Σ (z − pivot)²: with a pivot near the mean, no digits are lost.
AXUNET_CLONES void MomentSums(const float* z, const float* pivot, int64_t channels, int64_t from, int64_t to,
                              double* sums) {
  SumRows(channels, from, to, sums,
          [&](int64_t row, int64_t c, auto lanes, Vector& a, Vector& b) __attribute__((always_inline)) {
            const Vector x = Load(z + row * channels + c, lanes) - Load(pivot + c, lanes);
            a += x;
            b += x * x;
          });
}

AXUNET_CLONES void ChannelSums(const float* z, int64_t channels, int64_t from, int64_t to, double* sums) {
  SumRows(channels, from, to, sums,
          [&](int64_t row, int64_t c, auto lanes, Vector& a, Vector&)
              __attribute__((always_inline)) { a += Load(z + row * channels + c, lanes); });
}

// Statistics, scale and β of one normalisation, channel by channel.
struct Norm {
  std::vector<float> mean, deviation, scale, beta;  // deviation: 1 / √(v + ε)
  Norm(const float* statistics, const float* gamma, const float* b, int64_t channels, float epsilon)
      : mean(channels), deviation(channels), scale(channels), beta(b, b + channels) {
    for (int64_t c = 0; c < channels; c++) {
      mean[c] = statistics[c];
      deviation[c] = 1.f / std::sqrt(statistics[channels + c] + epsilon);
      scale[c] = gamma[c] * deviation[c];
    }
  }
};

template <class Lanes>
AXUNET_INLINE Vector Normalised(const float* z, const Norm& n, int64_t c, Lanes lanes) {
  return (Load(z, lanes) - Load(n.mean.data() + c, lanes)) * Load(n.scale.data() + c, lanes) +
         Load(n.beta.data() + c, lanes);
}

AXUNET_CLONES void Apply(const float* z, const Norm& n, int64_t channels, int64_t from, int64_t to, float* y) {
  for (int64_t row = from; row < to; row++) {
    EachVector(0, channels, [&](int64_t c, auto lanes) __attribute__((always_inline)) {
      const Vector value = Normalised(z + row * channels + c, n, c, lanes);
      Store(y + row * channels + c, value <= 0.f ? Vector{} : value, lanes);  // so that NaN stays NaN
    });
  }
}

// Σ g and Σ g (z − m), where g is dy past the ReLU.
AXUNET_CLONES void GradientSums(const float* dy, const float* z, const Norm& n, int64_t channels, int64_t from,
                                int64_t to, double* sums) {
  SumRows(channels, from, to, sums,
          [&](int64_t row, int64_t c, auto lanes, Vector& a, Vector& b) __attribute__((always_inline)) {
            const float* at = z + row * channels + c;
            const Vector g = Normalised(at, n, c, lanes) > 0.f ? Load(dy + row * channels + c, lanes) : Vector{};
            a += g;
            b += g * (Load(at, lanes) - Load(n.mean.data() + c, lanes));
          });
}

// dz = scale (g − first − second (z − m))
AXUNET_CLONES void ApplyGradient(const float* dy, const float* z, const Norm& n, const float* first,
                                 const float* second, int64_t channels, int64_t from, int64_t to, float* dz) {
  for (int64_t row = from; row < to; row++) {
    EachVector(0, channels, [&](int64_t c, auto lanes) __attribute__((always_inline)) {
      const float* at = z + row * channels + c;
      const Vector g = Normalised(at, n, c, lanes) > 0.f ? Load(dy + row * channels + c, lanes) : Vector{};
      const Vector centred = Load(at, lanes) - Load(n.mean.data() + c, lanes);
      Store(dz + row * channels + c,
            Load(n.scale.data() + c, lanes) * (g - Load(first + c, lanes) - Load(second + c, lanes) * centred), lanes);
    });
  }
}

// Adds what each part of the rows has summed, in the order of the parts.
template <class Sum>
std::vector<double> SumParts(const Rows& rows, const Sum& sum) {
  const int64_t size = 2 * rows.channels;
  std::vector<double> all(rows.parts * size);
  Pool::Get().For(rows.parts, 1, [&](int64_t begin, int64_t end) {
    for (int64_t part = begin; part < end; part++)
      sum(rows.begin(part), rows.begin(part + 1), all.data() + part * size);
  });
  std::vector<double> total(size);
  for (int64_t part = 0; part < rows.parts; part++)
    for (int64_t i = 0; i < size; i++) total[i] += all[part * size + i];
  return total;
}

// image → sum of each channel [channels], the gradient of a bias
void BiasGradient(const Arguments& a) {
  Rows rows(a.shapes[0]);
  const int64_t channels = rows.channels;
  // with few channels, several pixels make one row of a whole vector
  if (channels < kLanes && kLanes % channels == 0 && rows.count * channels % kLanes == 0) {
    rows.count = rows.count * channels / kLanes;
    rows.channels = kLanes;
  }
  const auto sums = SumParts(
      rows, [&](int64_t from, int64_t to, double* s) { ChannelSums(a.inputs[0], rows.channels, from, to, s); });
  for (int64_t c = 0; c < channels; c++) {
    double sum = 0;
    for (int64_t k = c; k < rows.channels; k += channels) sum += sums[k];
    a.output[c] = static_cast<float>(sum);
  }
}

int64_t Grain(const Rows& rows) { return std::max<int64_t>(1, 8192 / rows.channels); }

// z → mean and biased variance [2, channels]
void Statistics(const Arguments& a) {
  const Rows rows(a.shapes[0]);
  const float* z = a.inputs[0];
  std::vector<float> pivot(z, z + rows.channels);
  const auto sums = SumParts(
      rows, [&](int64_t from, int64_t to, double* s) { MomentSums(z, pivot.data(), rows.channels, from, to, s); });
  for (int64_t c = 0; c < rows.channels; c++) {
    const double mean = sums[c] / rows.count;
    a.output[c] = static_cast<float>(pivot[c] + mean);
    a.output[rows.channels + c] = static_cast<float>(std::max(0.0, sums[rows.channels + c] / rows.count - mean * mean));
  }
}

// The epsilon of batch norm, given as its reciprocal to stay a whole number.
float Epsilon(const Arguments& a) { return 1.f / a.options[0]; }

// z, statistics, γ, β → y
void NormRelu(const Arguments& a) {
  const Rows rows(a.shapes[0]);
  const Norm norm(a.inputs[1], a.inputs[2], a.inputs[3], rows.channels, Epsilon(a));
  Pool::Get().For(rows.count, Grain(rows),
                  [&](int64_t from, int64_t to) { Apply(a.inputs[0], norm, rows.channels, from, to, a.output); });
}

// dy, z, statistics, γ, β → dβ and dγ [2, channels]
void NormReluSums(const Arguments& a) {
  const Rows rows(a.shapes[0]);
  const Norm norm(a.inputs[2], a.inputs[3], a.inputs[4], rows.channels, Epsilon(a));
  const auto sums = SumParts(rows, [&](int64_t from, int64_t to, double* s) {
    GradientSums(a.inputs[0], a.inputs[1], norm, rows.channels, from, to, s);
  });
  for (int64_t c = 0; c < rows.channels; c++) {
    a.output[c] = static_cast<float>(sums[c]);
    a.output[rows.channels + c] = static_cast<float>(sums[rows.channels + c] * norm.deviation[c]);
  }
}

// dy, z, statistics, γ, β, sums → dz
void NormReluGradient(const Arguments& a) {
  const Rows rows(a.shapes[0]);
  const int64_t channels = rows.channels;
  const Norm norm(a.inputs[2], a.inputs[3], a.inputs[4], channels, Epsilon(a));
  std::vector<float> first(channels), second(channels);
  for (int64_t c = 0; c < channels; c++) {
    first[c] = a.inputs[5][c] / rows.count;
    second[c] = a.inputs[5][channels + c] * norm.deviation[c] / rows.count;
  }
  Pool::Get().For(rows.count, Grain(rows), [&](int64_t from, int64_t to) {
    ApplyGradient(a.inputs[0], a.inputs[1], norm, first.data(), second.data(), channels, from, to, a.output);
  });
}

}  // namespace

void RegisterNorm() {
  RegisterKernel("AxunetBiasGradient", 1, BiasGradient);
  RegisterKernel("AxunetNormStatistics", 1, Statistics);
  RegisterKernel("AxunetNormRelu", 4, NormRelu, 0);
  RegisterKernel("AxunetNormReluSums", 5, NormReluSums);
  RegisterKernel("AxunetNormReluGradient", 6, NormReluGradient, 0);
}

}  // namespace axunet
