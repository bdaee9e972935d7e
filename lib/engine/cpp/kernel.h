// The part of TensorFlow's C API for operations of one's own (tensorflow/c/ops.h and kernels.h, which a wheel's small
// set of headers lacks), and a helper that registers one: float32 tensors in, one float32 tensor out, whole-number
// lists as attributes.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "tensorflow/c/c_api.h"

extern "C" {
typedef struct TF_OpDefinitionBuilder TF_OpDefinitionBuilder;
typedef struct TF_ShapeInferenceContext TF_ShapeInferenceContext;
typedef struct TF_KernelBuilder TF_KernelBuilder;
typedef struct TF_OpKernelConstruction TF_OpKernelConstruction;
typedef struct TF_OpKernelContext TF_OpKernelContext;
TF_OpDefinitionBuilder* TF_NewOpDefinitionBuilder(const char* name);
void TF_OpDefinitionBuilderAddInput(TF_OpDefinitionBuilder*, const char* spec);
void TF_OpDefinitionBuilderAddOutput(TF_OpDefinitionBuilder*, const char* spec);
void TF_OpDefinitionBuilderAddAttr(TF_OpDefinitionBuilder*, const char* spec);
void TF_OpDefinitionBuilderSetShapeInferenceFunction(TF_OpDefinitionBuilder*,
                                                     void (*)(TF_ShapeInferenceContext*, TF_Status*));
void TF_ShapeInferenceContextSetUnknownShape(TF_ShapeInferenceContext*, TF_Status*);
void TF_RegisterOpDefinition(TF_OpDefinitionBuilder*, TF_Status*);
TF_KernelBuilder* TF_NewKernelBuilder(const char* op, const char* device, void* (*create)(TF_OpKernelConstruction*),
                                      void (*compute)(void*, TF_OpKernelContext*), void (*remove)(void*));
void TF_RegisterKernelBuilder(const char* name, TF_KernelBuilder*, TF_Status*);
void TF_OpKernelConstruction_GetAttrSize(TF_OpKernelConstruction*, const char* name, int32_t* list_size,
                                         int32_t* total_size, TF_Status*);
void TF_OpKernelConstruction_GetAttrInt64List(TF_OpKernelConstruction*, const char* name, int64_t* values, int count,
                                              TF_Status*);
void TF_GetInput(TF_OpKernelContext*, int i, TF_Tensor**, TF_Status*);
TF_Tensor* TF_ForwardInputOrAllocateOutput(TF_OpKernelContext*, const int* candidates, int count, int output,
                                           const int64_t* dims, int rank, int* forwarded, TF_Status*);
void TF_OpKernelContext_Failure(TF_OpKernelContext*, TF_Status*);
}

namespace axunet {

// What a kernel works on.
struct Arguments {
  std::vector<const float*> inputs;
  std::vector<std::vector<int64_t>> shapes;  // of the inputs
  float* output = nullptr;
  std::vector<int64_t> shape;    // of the output, from the attribute "shape"
  std::vector<int64_t> options;  // the attribute "options"
};

// Registers an operation on the CPU. Its attribute `shape` says how large the output is. Where nobody else needs the
// input `overwritten` (−1: none), the output takes its memory; the kernel must then read each number of it before it
// writes there. An operation that this TensorFlow does not take is left out, and a graph that names it is refused
// later.
void RegisterKernel(const char* name, int inputs, void (*compute)(const Arguments&), int overwritten = -1);

}  // namespace axunet
