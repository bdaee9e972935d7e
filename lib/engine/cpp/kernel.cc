#include "kernel.h"

#include <algorithm>

namespace axunet {
namespace {

struct Kernel {
  int inputs;
  void (*compute)(const Arguments&);
  int overwritten;
  std::vector<int64_t> shape, options;
};

std::vector<int64_t> ReadList(TF_OpKernelConstruction* construction, const char* name, TF_Status* status) {
  int32_t count = 0, total = 0;
  TF_OpKernelConstruction_GetAttrSize(construction, name, &count, &total, status);
  std::vector<int64_t> values(count > 0 ? count : 0);
  if (count > 0) TF_OpKernelConstruction_GetAttrInt64List(construction, name, values.data(), count, status);
  return values;
}

int64_t Count(const std::vector<int64_t>& shape) {
  int64_t count = 1;
  for (int64_t side : shape) count *= side;
  return count;
}

void Compute(void* data, TF_OpKernelContext* context) {
  const auto* kernel = static_cast<Kernel*>(data);
  TF_Status* status = TF_NewStatus();
  // The output first: an input whose memory it takes must not be held by us at that moment.
  const int candidate = kernel->overwritten;
  int forwarded = -1;
  TF_Tensor* output =
      TF_ForwardInputOrAllocateOutput(context, &candidate, candidate < 0 ? 0 : 1, 0, kernel->shape.data(),
                                      static_cast<int>(kernel->shape.size()), &forwarded, status);
  std::vector<TF_Tensor*> tensors(kernel->inputs, nullptr);
  Arguments arguments;
  for (int i = 0; i < kernel->inputs && TF_GetCode(status) == TF_OK; i++) {
    TF_GetInput(context, i, &tensors[i], status);
    if (TF_GetCode(status) != TF_OK) break;
    arguments.inputs.push_back(static_cast<const float*>(TF_TensorData(tensors[i])));
    arguments.shapes.emplace_back();
    for (int d = 0; d < TF_NumDims(tensors[i]); d++) arguments.shapes.back().push_back(TF_Dim(tensors[i], d));
  }
  if (TF_GetCode(status) == TF_OK) {
    arguments.output = static_cast<float*>(TF_TensorData(output));
    arguments.shape = kernel->shape;
    arguments.options = kernel->options;
    const int64_t numbers = Count(arguments.shape);
    if (numbers > 0 && Count(arguments.shapes[0]) == 0)
      std::fill(arguments.output, arguments.output + numbers, 0.f);  // sums over no image at all
    else if (numbers > 0) kernel->compute(arguments);
  } else {
    TF_OpKernelContext_Failure(context, status);
  }
  if (output != nullptr) TF_DeleteTensor(output);
  for (TF_Tensor* tensor : tensors)
    if (tensor != nullptr) TF_DeleteTensor(tensor);
  TF_DeleteStatus(status);
}

// TensorFlow's callback for making a kernel does not say which operation it is for, so each registered one has its own.
constexpr int kMost = 64;
Kernel registered[kMost];
int count = 0;

template <int i>
void* Create(TF_OpKernelConstruction* construction) {
  auto* kernel = new Kernel(registered[i]);
  TF_Status* status = TF_NewStatus();
  kernel->shape = ReadList(construction, "shape", status);
  kernel->options = ReadList(construction, "options", status);
  TF_DeleteStatus(status);
  return kernel;
}
template <int i = 0>
auto Creator(int index) -> void* (*)(TF_OpKernelConstruction*) {
  if constexpr (i + 1 < kMost) {
    if (index != i) return Creator<i + 1>(index);
  }
  return Create<i>;
}

}  // namespace

void RegisterKernel(const char* name, int inputs, void (*compute)(const Arguments&), int overwritten) {
  if (count == kMost) return;
  TF_Status* status = TF_NewStatus();
  TF_OpDefinitionBuilder* definition = TF_NewOpDefinitionBuilder(name);
  for (int i = 0; i < inputs; i++)
    TF_OpDefinitionBuilderAddInput(definition, ("x" + std::to_string(i) + ": float").c_str());
  TF_OpDefinitionBuilderAddOutput(definition, "y: float");
  TF_OpDefinitionBuilderAddAttr(definition, "shape: list(int)");
  TF_OpDefinitionBuilderAddAttr(definition, "options: list(int)");
  TF_OpDefinitionBuilderSetShapeInferenceFunction(definition, TF_ShapeInferenceContextSetUnknownShape);
  TF_RegisterOpDefinition(definition, status);
  if (TF_GetCode(status) == TF_OK) {
    registered[count] = {inputs, compute, overwritten, {}, {}};
    TF_KernelBuilder* builder = TF_NewKernelBuilder(name, "CPU", Creator(count), Compute,
                                                    [](void* kernel) { delete static_cast<Kernel*>(kernel); });
    TF_RegisterKernelBuilder(name, builder, status);
    count++;
  }
  TF_DeleteStatus(status);
}

}  // namespace axunet
