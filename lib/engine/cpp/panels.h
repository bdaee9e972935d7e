// A matrix as products read it fastest: its columns in panels of 32, each filled up with 0 to whole vectors.
#pragma once
#include <algorithm>
#include <cstring>
#include <vector>

#include "parallel.h"
#include "vector.h"

namespace axunet {

class Panels {
 public:
  static constexpr int64_t kWidth = 32;

  // Of a matrix [depth, columns] or, turned, of the transpose of a matrix [columns, depth].
  Panels(const float* matrix, int64_t depth, int64_t columns, bool turned)
      : depth_(depth), columns_(columns), numbers_(depth * RoundUp(columns, kLanes)) {
    Pool::Get().For(count(), std::max<int64_t>(1, 8192 / (depth * kWidth)), [&](int64_t begin, int64_t end) {
      for (int64_t panel = begin; panel < end; panel++) {
        float* to = numbers_.data() + panel * kWidth * depth;
        if (turned) FillTurned(matrix + panel * kWidth * depth, used(panel), width(panel), to);
        else Fill(matrix + panel * kWidth, used(panel), width(panel), to);
      }
    });
  }

  int64_t depth() const { return depth_; }
  int64_t count() const { return (columns_ + kWidth - 1) / kWidth; }
  // Columns of a panel: those of the matrix, and with those that are filled up.
  int64_t used(int64_t panel) const { return std::min(kWidth, columns_ - panel * kWidth); }
  int64_t width(int64_t panel) const { return RoundUp(used(panel), kLanes); }
  const float* at(int64_t panel) const { return numbers_.data() + panel * kWidth * depth_; }

 private:
  void Fill(const float* from, int64_t used, int64_t width, float* to) const {
    for (int64_t k = 0; k < depth_; k++) std::memcpy(to + k * width, from + k * columns_, used * sizeof(float));
  }
  void FillTurned(const float* from, int64_t used, int64_t width, float* to) const {
    for (int64_t k0 = 0; k0 < depth_; k0 += kLanes)
      for (int64_t c = 0; c < used; c++)
        for (int64_t k = k0; k < std::min(depth_, k0 + kLanes); k++) to[k * width + c] = from[c * depth_ + k];
  }

  int64_t depth_, columns_;
  std::vector<float> numbers_;
};

}  // namespace axunet
