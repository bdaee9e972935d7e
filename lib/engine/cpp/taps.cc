// Dilated 3×3 convolutions of small images, tap by tap. Where the dilation is as long as much of the image, most taps
// of most pixels lie outside; each tap is one matrix product over the pixels for which it lies inside:
//
//     output:  y[p] = Σ over taps of x[p + tap] W[tap]      image:  dx[p] = Σ dy[p − tap] W[tap]ᵀ      kernel:  dW[tap]
//     = Σ over p of x[p + tap]ᵀ dy[p]
#include <algorithm>
#include <cstring>
#include <vector>

#include "kernel.h"
#include "parallel.h"
#include "vector.h"

namespace axunet {
namespace {

// The pixels for which a tap lies inside of the image, of all images: those of the output, and those `shift` further in
// the input.
struct Tap {
  int64_t number;
  std::vector<int64_t> pixels;
  int64_t shift;
};

// The taps of a kernel with `side`² of them on images [n, height, width, …]; the one in the middle, which all pixels
// have, first.
std::vector<Tap> Taps(const std::vector<int64_t>& shape, int64_t side, int64_t dilation) {
  const int64_t height = shape[1], width = shape[2], middle = side * side / 2;
  std::vector<Tap> taps;
  for (int64_t k = 0; k < side * side; k++) {
    const int64_t number = k == 0        ? middle
                           : k <= middle ? k - 1
                                         : k,
                  dy = (number / side - side / 2) * dilation, dx = (number % side - side / 2) * dilation;
    Tap tap{number, {}, dy * width + dx};
    for (int64_t image = 0; image < shape[0]; image++)
      for (int64_t y = std::max<int64_t>(0, -dy); y < std::min(height, height - dy); y++)
        for (int64_t x = std::max<int64_t>(0, -dx); x < std::min(width, width - dx); x++)
          tap.pixels.push_back((image * height + y) * width + x);
    taps.push_back(std::move(tap));
  }
  return taps;
}

// Rows of an image, one after the other: those of the taps' pixels, shifted where asked. Where they begin is told by
// `starts`.
std::vector<float> Gather(const float* image, int64_t channels, const std::vector<Tap>& taps, bool shifted,
                          std::vector<int64_t>& starts) {
  starts.assign(1, 0);
  for (const Tap& tap : taps) starts.push_back(starts.back() + static_cast<int64_t>(tap.pixels.size()) * channels);
  std::vector<float> rows(starts.back());
  Pool::Get().For(static_cast<int64_t>(taps.size()), 1, [&](int64_t begin, int64_t end) {
    for (int64_t k = begin; k < end; k++) {
      float* to = rows.data() + starts[k];
      for (const int64_t pixel : taps[k].pixels) {
        std::memcpy(to, image + (pixel + (shifted ? taps[k].shift : 0)) * channels, channels * sizeof(float));
        to += channels;
      }
    }
  });
  return rows;
}

// Columns [first, first + width) of a tap's W [in, out], or of its transpose, as rows of `width`.
void KernelColumns(const float* w, int64_t in, int64_t out, bool turned, int64_t first, int64_t width, float* to) {
  if (!turned) {
    for (int64_t c = 0; c < in; c++) std::memcpy(to + c * width, w + c * out + first, width * sizeof(float));
    return;
  }
  for (int64_t c = 0; c < width; c++)
    for (int64_t k = 0; k < out; k++) to[k * width + c] = w[(first + c) * out + k];
}

AXUNET_CLONES void AddRows(const float* rows, const std::vector<int64_t>& pixels, int64_t width, float* image,
                           int64_t channels) {
  for (const int64_t pixel : pixels) {
    for (int64_t c = 0; c < width; c += kLanes)
      Store(image + pixel * channels + c, Load(image + pixel * channels + c) + Load(rows + c));
    rows += width;
  }
}

// image, W [side, side, in, out] → image; of a gradient (turned), taps lie on the other side and W is transposed.
// Channels fill whole vectors.
void TapConvolution(const Arguments& a) {
  const bool turned = a.options[1] != 0;
  const int64_t side = a.shapes[1][0], in = a.shapes[1][2], out = a.shapes[1][3], depth = a.shapes[0][3],
                outputs = a.shape[3];
  auto taps = Taps(a.shapes[0], side, a.options[0]);
  if (turned)
    for (Tap& tap : taps) tap.number = side * side - 1 - tap.number;
  std::vector<int64_t> starts;
  const auto rows = Gather(a.inputs[0], depth, taps, true, starts);
  const int64_t width = outputs % 32 == 0 && outputs >= 128 ? 32 : 16;
  Pool::Get().For(outputs / width, 1, [&](int64_t begin, int64_t end) {
    std::vector<float> w(depth * width), sums(taps[0].pixels.size() * width);
    for (int64_t first = begin * width; first < end * width; first += width) {
      for (size_t k = 0; k < taps.size(); k++) {
        const int64_t count = taps[k].pixels.size();
        if (count == 0) continue;
        KernelColumns(a.inputs[1] + taps[k].number * in * out, in, out, turned, first, width, w.data());
        const bool whole = k == 0;  // the tap in the middle has every pixel, in order
        Multiply({rows.data() + starts[k], depth, 1, w.data(), width, whole ? a.output + first : sums.data(),
                  whole ? outputs : width, count, width, depth, false});
        if (!whole) AddRows(sums.data(), taps[k].pixels, width, a.output + first, outputs);
      }
    }
  });
}

// image, dy → dW. Channels out fill whole vectors.
void TapKernelGradient(const Arguments& a) {
  const int64_t side = a.shape[0], in = a.shape[2], out = a.shape[3];
  const auto taps = Taps(a.shapes[0], side, a.options[0]);
  std::vector<int64_t> startsX, startsY;
  const auto x = Gather(a.inputs[0], in, taps, true, startsX), dy = Gather(a.inputs[1], out, taps, false, startsY);
  constexpr int64_t kRows = 48;
  const int64_t strips = (in + kRows - 1) / kRows;
  Pool::Get().For(static_cast<int64_t>(taps.size()) * strips, 1, [&](int64_t begin, int64_t end) {
    for (int64_t unit = begin; unit < end; unit++) {
      const int64_t k = unit / strips, c = unit % strips * kRows, rows = std::min(in - c, kRows),
                    count = taps[k].pixels.size();
      float* to = a.output + (taps[k].number * in + c) * out;
      if (count == 0) std::memset(to, 0, rows * out * sizeof(float));
      else Multiply({x.data() + startsX[k] + c, 1, in, dy.data() + startsY[k], out, to, out, rows, out, count, false});
    }
  });
}

}  // namespace

void RegisterTaps() {
  RegisterKernel("AxunetTapConvolution", 2, TapConvolution);        // image, W → image; options: dilation, turned
  RegisterKernel("AxunetTapKernelGradient", 2, TapKernelGradient);  // image, dy → dW; option: dilation
}

}  // namespace axunet
