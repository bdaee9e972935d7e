// Splits a loop over the machine's cores. The threads are started once; they look for work a moment longer before they
// sleep, since a training step has a new loop every few microseconds and waking takes longer than many a loop.
#pragma once
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace axunet {

// Tells the processor that this thread only waits, for a few dozen cycles.
inline void Rest() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("isb");  // "yield" does nothing on most of them
#endif
}

class Pool {
 public:
  // Never destroyed: its threads may still sleep when the process ends.
  static Pool& Get() {
    static Pool* pool = new Pool();
    return *pool;
  }

  int64_t threads() const { return workers_ + 1; }

  // Calls body(begin, end) for parts that together cover [0, count), on all cores where the loop is long enough.
  void For(int64_t count, int64_t grain, const std::function<void(int64_t, int64_t)>& body) {
    const int64_t parts = std::min<int64_t>(4 * (workers_ + 1), count / std::max<int64_t>(grain, 1));
    std::unique_lock<std::mutex> turn(turn_, std::try_to_lock);
    if (parts < 2 || workers_ == 0 || !turn.owns_lock()) return body(0, count);  // another loop has the threads
    {
      std::lock_guard<std::mutex> lock(mutex_);
      body_ = &body;
      count_ = count;
      parts_ = parts;
      next_ = 0;
      open_ = parts;
      waiting_ = parts;
    }
    if (sleeping_ > 0) wake_.notify_all();
    Work();
    for (int i = 0; i < kSpins && open_ > 0; i++) Rest();
    std::unique_lock<std::mutex> lock(mutex_);
    done_.wait(lock, [this] { return open_ == 0; });
    body_ = nullptr;
  }

 private:
  Pool() {
    const char* wanted = std::getenv("TF_NUM_INTRAOP_THREADS");
    const int asked =
        wanted ? std::atoi(wanted) : 0;  // 0 and what is no number: as many as there are cores, as TensorFlow has it
    const int threads = asked > 0 ? asked : static_cast<int>(std::thread::hardware_concurrency());
    workers_ = std::max(0, threads - 1);
    for (int i = 0; i < workers_; i++) std::thread([this] { Loop(); }).detach();
  }

  void Loop() {
    for (;;) {
      {
        for (int i = 0; i < kSpins && waiting_ == 0; i++) Rest();
        std::unique_lock<std::mutex> lock(mutex_);
        sleeping_++;
        wake_.wait(lock, [this] { return body_ != nullptr && next_ < parts_; });
        sleeping_--;
      }
      Work();
    }
  }

  // Takes parts until none is left.
  void Work() {
    for (;;) {
      const std::function<void(int64_t, int64_t)>* body;
      int64_t begin, end;
      {
        std::lock_guard<std::mutex> lock(mutex_);
        if (body_ == nullptr || next_ >= parts_) return;
        body = body_;
        begin = count_ * next_ / parts_;
        end = count_ * (next_ + 1) / parts_;
        next_++;
        waiting_--;
      }
      (*body)(begin, end);
      std::lock_guard<std::mutex> lock(mutex_);
      if (--open_ == 0) done_.notify_all();
    }
  }

  int workers_ = 0;
  std::mutex turn_, mutex_;
  std::condition_variable wake_, done_;
  const std::function<void(int64_t, int64_t)>* body_ = nullptr;
  int64_t count_ = 0, parts_ = 0, next_ = 0;
  // Parts that nobody has taken, and parts that are not done; threads that sleep or are about to.
  std::atomic<int64_t> waiting_{0}, open_{0};
  std::atomic<int> sleeping_{0};
  static constexpr int kSpins = 6000;  // some 120 microseconds
};

}  // namespace axunet
