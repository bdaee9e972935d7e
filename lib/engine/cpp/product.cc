// Matrix products of a few dozen rows, whose operands lie in the cache: blocks of C are kept in registers while all of
// A's and B's numbers for them pass by.
#include "vector.h"

namespace axunet {
namespace {

// One block: R rows and N vectors of C. Everything is unrolled, so that the sums stay in registers.
#define AXUNET_BLOCK(NAME, TARGET, V, WIDTH)                                                                     \
  template <int R, int N>                                                                                        \
  TARGET void NAME(const Product& p, int64_t row, int64_t column) {                     \
    V sums[R][N];                                                                                                \
    float* c = p.c + row * p.rowC + column;                                                                      \
    AXUNET_UNROLL for (int r = 0; r < R; r++) AXUNET_UNROLL for (int n = 0; n < N; n++) sums[r][n] = V{};        \
    const float* a = p.a + row * p.rowA;                                                                         \
    const float* b = p.b + column;                                                                               \
    for (int64_t k = 0; k < p.depth; k++, a += p.depthA, b += p.rowB) {                                          \
      V bs[N];                                                                                                   \
      AXUNET_UNROLL for (int n = 0; n < N; n++) bs[n] = *reinterpret_cast<const V*>(b + n * WIDTH);              \
      AXUNET_UNROLL for (int r = 0; r < R; r++) {                                                                \
        const float as = a[r * p.rowA];                                                                          \
        AXUNET_UNROLL for (int n = 0; n < N; n++) sums[r][n] += as * bs[n];                                      \
      }                                                                                                          \
    }                                                                                                            \
    AXUNET_UNROLL for (int r = 0; r < R; r++) AXUNET_UNROLL for (int n = 0; n < N; n++) {                        \
      V* to = reinterpret_cast<V*>(c + r * p.rowC + n * WIDTH);                                                  \
      *to = p.add ? *to + sums[r][n] : sums[r][n];                                                               \
    }                                                                                                            \
  }                                                                                                              \
  template <int R, int N>                                                                                        \
  TARGET void NAME##Rows(const Product& p, int64_t row, int64_t column, int64_t rows) { \
    if constexpr (R > 0) {                                                                                       \
      if (rows == R) return NAME<R, N>(p, row, column);                                                          \
      NAME##Rows<R - 1, N>(p, row, column, rows);                                                                \
    }                                                                                                            \
  }                                                                                                              \
  template <int R, int N>                                                                                        \
  void NAME##All(const Product& p, int64_t from, int64_t to) {                                                   \
    for (int64_t column = from; column < to; column += N * WIDTH)                                                \
      for (int64_t row = 0; row < p.rows; row += R)                                                              \
        NAME##Rows<R, N>(p, row, column, p.rows - row < R ? p.rows - row : R);                                   \
  }

typedef float V16 __attribute__((vector_size(64), aligned(4), may_alias));
typedef float V8 __attribute__((vector_size(32), aligned(4), may_alias));
typedef float V4 __attribute__((vector_size(16), aligned(4), may_alias));

#ifdef AXUNET_GENERATIONS
AXUNET_BLOCK(Block512, __attribute__((target("arch=x86-64-v4"))), V16, 16)
AXUNET_BLOCK(Block256, __attribute__((target("arch=x86-64-v3"))), V8, 8)
AXUNET_BLOCK(Block128, __attribute__((target("arch=x86-64"))), V4, 4)
#else
AXUNET_BLOCK(Block128, , V4, 4)
#endif

}  // namespace

#ifdef AXUNET_GENERATIONS

void Multiply(const Product& p) {
  static const int level = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                                   __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")
                               ? 2
                           : __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? 1
                                                                                             : 0;
  if (level == 2) {
    const int64_t pairs = p.columns / 32 * 32;
    Block512All<12, 2>(p, 0, pairs);
    Block512All<12, 1>(p, pairs, p.columns);
  } else if (level == 1) {
    Block256All<6, 2>(p, 0, p.columns);
  } else {
    Block128All<6, 2>(p, 0, p.columns);
  }
}
#else
#ifdef __x86_64__
constexpr int kVectors = 2;  // 16 registers
#else
constexpr int kVectors = 4;  // of 32, 16 hold sums and 8 hold numbers of A and B; with more, GCC keeps sums in memory
#endif
void Multiply(const Product& p) { Block128All<kVectors == 2 ? 6 : 4, kVectors>(p, 0, p.columns); }
#endif

}  // namespace axunet
