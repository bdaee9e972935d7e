// Exact Euclidean distance between the two sides of a mask; see ops/signedDistance.ts.
#include <cmath>

#include "kernel.h"
#include "parallel.h"

namespace axunet {
namespace {

constexpr double kInfinity = __builtin_inf();
constexpr int64_t kBlock = 16;  // so many neighbouring lines are gathered at once: a cache line of floats

// Lines along one axis of the image: `count` lines of `length` pixels that lie `stride` apart, in groups of `stride`
// neighbours.
struct Axis {
  int64_t length, stride, count;
  double spacing;
  int64_t blocks() const { return count / stride * ((stride + kBlock - 1) / kBlock); }
};

// The lower envelope of parabolas over one line; place and height of those that take part (Felzenszwalb & Huttenlocher
// 2012).
struct Envelope {
  std::vector<int64_t> place;
  std::vector<double> height;
  int64_t count = 0;
  double weight;
  Envelope(int64_t length, double spacing) : place(length + 2), height(length + 2), weight(spacing * spacing) {}

  void Add(int64_t at, double value) {
    for (; count > 1; count--) {
      const double a = place[count - 1] - place[count - 2], b = at - place[count - 1];
      // Else the last parabola lies nowhere below both of its neighbours.
      if ((a + b) * height[count - 1] - b * height[count - 2] - a * value <= weight * a * b * (a + b)) break;
    }
    place[count] = at;
    height[count++] = value;
  }

  double At(int64_t k, int64_t at) const {
    const double d = at - place[k];
    return height[k] + weight * d * d;
  }
};

// `line` holds for each pixel the squared distance to the other side within what was looked at so far; afterwards along
// this axis too. A run of pixels on one side is a problem of its own: the pixels next to it are on the other side, and
// nothing reaches across them.
void Lower(Envelope& envelope, const uint8_t* inside, double* line, int64_t length) {
  for (int64_t first = 0, end = 0; first < length; first = end) {
    while (end < length && inside[end] == inside[first]) end++;
    envelope.count = 0;
    if (first > 0) envelope.Add(first - 1, 0);
    for (int64_t i = first; i < end; i++)
      if (line[i] < kInfinity) envelope.Add(i, line[i]);
    if (end < length) envelope.Add(end, 0);
    for (int64_t i = first, k = 0; i < end && envelope.count > 0; i++) {
      double least = envelope.At(k, i);
      for (double next; k + 1 < envelope.count && (next = envelope.At(k + 1, i)) <= least; k++) least = next;
      line[i] = least;
    }
  }
}

// In pixels: how far it is along the row to the other side; infinite in rows that have one side only.
void AlongRow(const float* values, float* out, int64_t width) {
  const float none = __builtin_inff();
  for (int64_t first = 0, end = 0; first < width; first = end) {
    while (end < width && (values[end] > 0.5f) == (values[first] > 0.5f)) end++;
    for (int64_t i = first; i < end; i++) {
      const float left = first > 0 ? i - first + 1 : none, right = end < width ? end - i : none;
      out[i] = std::min(left, right);
    }
  }
}

// Calls body(first pixel, lines) for blocks of neighbouring lines along an axis.
template <class Body>
void EachBlock(const Axis& axis, const Body& body) {
  const int64_t inGroup = (axis.stride + kBlock - 1) / kBlock;
  Pool::Get().For(axis.blocks(), 1, [&](int64_t begin, int64_t end) {
    std::vector<double> lines(axis.length * kBlock);
    std::vector<uint8_t> inside(axis.length * kBlock);
    Envelope envelope(axis.length, axis.spacing);
    for (int64_t block = begin; block < end; block++) {
      const int64_t column = block % inGroup * kBlock;
      body(block / inGroup * axis.stride * axis.length + column, std::min(kBlock, axis.stride - column), lines, inside,
           envelope);
    }
  });
}

// Distances along one more axis. `read(pixel)` is the squared distance so far, `write(pixel, isInside, squared)` takes
// the new one.
template <class Read, class Write>
void AlongAxis(const float* values, const Axis& axis, const Read& read, const Write& write) {
  EachBlock(axis, [&](int64_t first, int64_t width, std::vector<double>& lines, std::vector<uint8_t>& inside,
                      Envelope& envelope) {
    const int64_t length = axis.length;
    for (int64_t i = 0; i < length; i++)
      for (int64_t b = 0; b < width; b++) {
        const int64_t pixel = first + i * axis.stride + b;
        lines[b * length + i] = read(pixel);
        inside[b * length + i] = values[pixel] > 0.5f;
      }
    for (int64_t b = 0; b < width; b++) Lower(envelope, &inside[b * length], &lines[b * length], length);
    for (int64_t i = 0; i < length; i++)
      for (int64_t b = 0; b < width; b++)
        write(first + i * axis.stride + b, inside[b * length + i], lines[b * length + i]);
  });
}

// values [n, h, w] or [n, d, h, w] → signed distances; options: spacing of x, y, z in nanometres
void SignedDistance(const Arguments& a) {
  const std::vector<int64_t>& shape = a.shapes[0];
  const bool isDeep = shape.size() == 4;
  const int64_t width = shape.back(), height = shape[shape.size() - 2], depth = isDeep ? shape[1] : 1;
  const int64_t pixels = shape[0] * depth * height * width;
  const auto spacing = [&](int i) { return a.options[i] / 1e6; };
  const float* values = a.inputs[0];
  float* out = a.output;
  if (pixels == 0) return;
  Pool::Get().For(pixels / width, 16, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; row++) AlongRow(values + row * width, out + row * width, width);
  });
  const double across = spacing(0);
  const auto fromRow = [&](int64_t pixel) {
    const double d = out[pixel] * across;
    return d * d;
  };
  // Infinite where the whole image lies on one side.
  const auto finish = [&](int64_t pixel, bool isInside, double squared) {
    const float distance = squared < kInfinity ? std::sqrt(squared) : 0;
    out[pixel] = isInside && distance > 0 ? -distance : distance;
  };
  const Axis y{height, width, pixels / height, spacing(1)};
  if (!isDeep) return AlongAxis(values, y, fromRow, finish);
  std::vector<double> squares(pixels);
  AlongAxis(values, y, fromRow, [&](int64_t pixel, bool, double squared) { squares[pixel] = squared; });
  AlongAxis(
      values, {depth, height * width, pixels / depth, spacing(2)}, [&](int64_t pixel) { return squares[pixel]; },
      finish);
}

}  // namespace

void RegisterSignedDistance() {
  RegisterKernel("AxunetSignedDistance", 1,
                 SignedDistance);  // values → signed distances; options: spacing of x, y, z in nanometres
}

}  // namespace axunet
