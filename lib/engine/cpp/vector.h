// Vectors of 16 floats, which the compiler splits where the processor's are shorter, and small matrix products on them.
#pragma once
#include <cstdint>
#include <cstring>
#include <type_traits>

// Functions marked so are compiled for several generations of processors; the one that fits runs. An arm64 processor
// always has NEON, which the compiler then uses everywhere. Clang refuses to hand vectors of 16 floats from functions
// for one generation to those for another: with it all are for the oldest.
#if defined(__x86_64__) && !defined(__clang__)
#define AXUNET_GENERATIONS
#define AXUNET_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define AXUNET_CLONES
#endif
#define AXUNET_UNROLL _Pragma("GCC unroll 16")
#define AXUNET_INLINE inline __attribute__((always_inline))

namespace axunet {

typedef float Vector __attribute__((vector_size(64), aligned(4), may_alias));
constexpr int64_t kLanes = 16;

AXUNET_INLINE int64_t RoundUp(int64_t n, int64_t multiple) { return (n + multiple - 1) / multiple * multiple; }

// `lanes` numbers from memory, the rest 0; and back.
AXUNET_INLINE Vector Load(const float* from, int64_t lanes = kLanes) {
  if (lanes == kLanes) return *reinterpret_cast<const Vector*>(from);
  Vector v = {};
  std::memcpy(&v, from, lanes * sizeof(float));
  return v;
}
AXUNET_INLINE void Store(float* to, const Vector& v, int64_t lanes = kLanes) {
  if (lanes == kLanes) *reinterpret_cast<Vector*>(to) = v;
  else std::memcpy(to, &v, lanes * sizeof(float));
}

// Calls body(channel, lanes) for the channels [from, to), 16 at a time; full vectors know at compile time that all
// lanes count.
template <class Body>
AXUNET_INLINE void EachVector(int64_t from, int64_t to, const Body& body) {
  int64_t c = from;
  for (; c + kLanes <= to; c += kLanes) body(c, std::integral_constant<int64_t, kLanes>{});
  if (c < to) body(c, to - c);
}

// What a matrix product reads and writes: element (r, k) of A lies at a[r · rowA + k · depthA], row k of B at b + k ·
// rowB, row r of C at c + r · rowC.
struct Product {
  const float* a;
  int64_t rowA, depthA;
  const float* b;
  int64_t rowB;
  float* c;
  int64_t rowC;
  int64_t rows, columns, depth;
  bool add;  // to what C holds; else C is overwritten
};

// C = A B, or C += A B. `columns` is a multiple of 16.
void Multiply(const Product& product);

}  // namespace axunet
