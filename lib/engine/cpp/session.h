// A TensorFlow session for Node, which runs off the JavaScript thread; see binding.cc.
#pragma once
#include "graph.h"

namespace axunet {

// What one call of run needs, apart from JavaScript.
struct Call {
  std::vector<TF_Output> feeds, fetches;
  std::vector<TF_Tensor*> values, results;
  std::vector<const TF_Operation*> targets;
  bool trace = false;
  ~Call() {
    for (TF_Tensor* tensor : values) TF_DeleteTensor(tensor);
    for (TF_Tensor* tensor : results)
      if (tensor != nullptr) TF_DeleteTensor(tensor);
  }
};

class Session;

class Run : public Napi::AsyncWorker {
 public:
  Run(Napi::Env env, Napi::Object session, std::shared_ptr<TF_Session> handle, std::unique_ptr<Call> call)
      : Napi::AsyncWorker(env),
        deferred(Napi::Promise::Deferred::New(env)),
        handle_(std::move(handle)),
        call_(std::move(call)) {
    session_ = Napi::Persistent(session);  // the session lives at least as long as the call
  }

  Napi::Promise::Deferred deferred;

 protected:
  void Execute() override {
    Status status;
    static constexpr char full_trace[] = {0x08, 0x03};  // RunOptions{trace_level: FULL_TRACE}
    const TF_Buffer options{full_trace, sizeof full_trace, nullptr};
    if (call_->trace) metadata_.reset(TF_NewBuffer());
    call_->results.assign(call_->fetches.size(), nullptr);
    TF_SessionRun(handle_.get(), call_->trace ? &options : nullptr, call_->feeds.data(), call_->values.data(),
                  static_cast<int>(call_->feeds.size()), call_->fetches.data(), call_->results.data(),
                  static_cast<int>(call_->fetches.size()), call_->targets.data(),
                  static_cast<int>(call_->targets.size()), metadata_.get(), status);
    for (TF_Tensor* tensor : call_->values) TF_DeleteTensor(tensor);
    call_->values.clear();
    if (!status.ok()) SetError(status.message());
  }

  void OnOK() override {
    const Napi::Env env = Env();
    auto outputs = Napi::Array::New(env, call_->results.size());
    for (uint32_t i = 0; i < call_->results.size(); i++) outputs.Set(i, TakeTensor(env, call_->results[i]));
    call_->results.clear();
    auto result = Napi::Object::New(env);
    result.Set("outputs", outputs);
    if (metadata_)
      result.Set("trace",
                 Napi::Buffer<uint8_t>::Copy(env, static_cast<const uint8_t*>(metadata_->data), metadata_->length));
    deferred.Resolve(result);
  }

  void OnError(const Napi::Error& error) override { deferred.Reject(error.Value()); }

 private:
  std::shared_ptr<TF_Session> handle_;  // a session closed meanwhile goes when its last call is over
  std::unique_ptr<Call> call_;
  Napi::ObjectReference session_;
  std::unique_ptr<TF_Buffer, decltype(&TF_DeleteBuffer)> metadata_{nullptr, TF_DeleteBuffer};
};

class Session : public Napi::ObjectWrap<Session> {
 public:
  static Napi::Function Define(Napi::Env env) {
    return DefineClass(env, "Session",
                       {InstanceMethod("run", &Session::RunCall), InstanceMethod("close", &Session::Close)});
  }

  explicit Session(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Session>(info) {
    const auto graph = info[0].As<Napi::Object>();
    graph_ = Graph::Unwrap(graph);
    owner_ = Napi::Persistent(graph);
    const auto config = info[1].As<Napi::Uint8Array>();
    Status status;
    std::unique_ptr<TF_SessionOptions, decltype(&TF_DeleteSessionOptions)> options(TF_NewSessionOptions(),
                                                                                   TF_DeleteSessionOptions);
    TF_SetConfig(options.get(), config.Data(), config.ByteLength(), status);
    Check(info.Env(), status);
    TF_Session* session = TF_NewSession(graph_->get(), options.get(), status);
    Check(info.Env(), status);
    handle_.reset(session, [](TF_Session* closed) { TF_DeleteSession(closed, Status()); });
  }

 private:
  Napi::Value RunCall(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    if (handle_ == nullptr) throw Napi::Error::New(env, "Expected an open session, found a closed one");
    const auto feeds = info[0].As<Napi::Array>(), fetches = info[1].As<Napi::Array>(),
               targets = info[2].As<Napi::Array>();
    auto call = std::make_unique<Call>();
    for (uint32_t i = 0; i < feeds.Length(); i++) {
      const auto feed = feeds.Get(i).As<Napi::Object>();
      call->feeds.push_back(graph_->Find(env, feed.Get("name").As<Napi::String>()));
      call->values.push_back(MakeTensor(feed));
    }
    for (uint32_t i = 0; i < fetches.Length(); i++)
      call->fetches.push_back(graph_->Find(env, fetches.Get(i).As<Napi::String>()));
    for (uint32_t i = 0; i < targets.Length(); i++)
      call->targets.push_back(graph_->Find(env, targets.Get(i).As<Napi::String>()).oper);
    call->trace = info[3].ToBoolean();
    auto* run = new Run(env, info.This().As<Napi::Object>(), handle_, std::move(call));
    const auto promise = run->deferred.Promise();
    run->Queue();
    return promise;
  }

  void Close(const Napi::CallbackInfo&) { handle_.reset(); }

  Graph* graph_ = nullptr;
  Napi::ObjectReference owner_;
  std::shared_ptr<TF_Session> handle_;
};

}  // namespace axunet
