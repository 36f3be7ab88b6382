// The entry points, the threads, and the choice of the instruction set.

#include "native.h"

#include <pthread.h>

#include <atomic>
#include <cfenv>
#include <cstdlib>
#include <exception>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include "host.h"

namespace {

// How often a thread looks for what it waits for before it sleeps: some microseconds, so that the
// parts of one call follow each other at once, and threads of idle processes take no CPU.
constexpr int SPINS = 2000;

void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// Return when `value` is no longer `old`.
void await_change(const std::atomic<int> &value, int old) {
  for (int k = 0; k < SPINS; ++k) {
    if (value.load(std::memory_order_acquire) != old) return;
    pause();
  }
  value.wait(old, std::memory_order_acquire);
}

using Task = void (*)(void *argument, Index k);

// The parts of a task, which threads take one by one, all treating denormal numbers as the caller does.
class Parts {
 public:
  Parts(Index parts, Task what, void *given) : count(parts), task(what), argument(given) {
    fegetenv(&mode);
  }

  void take() {
    std::fenv_t own;
    fegetenv(&own);
    fesetenv(&mode);
    for (Index k = next++; k < count; k = next++) task(argument, k);
    fesetenv(&own);
  }

 private:
  const Index count;
  const Task task;
  void *const argument;
  std::atomic<Index> next{0};
  std::fenv_t mode;
};

// Threads of our own; the caller is one of them.
class Pool {
 public:
  explicit Pool(Index threads) {
    for (Index thread = 1; thread < threads; ++thread) workers.emplace_back([this] { work(); });
  }

  ~Pool() {
    given = nullptr;
    generation.fetch_add(1);
    generation.notify_all();
    for (std::thread &worker : workers) worker.join();
  }

  void run(Parts &parts) {
    given = &parts;
    busy.store(static_cast<int>(workers.size()));
    generation.fetch_add(1, std::memory_order_release);
    generation.notify_all();
    parts.take();
    for (int left = busy.load(std::memory_order_acquire); left != 0;
         left = busy.load(std::memory_order_acquire))
      await_change(busy, left);
  }

 private:
  void work() {
    for (int seen = 0;; ++seen) {
      await_change(generation, seen);
      if (!given) return;
      given->take();
      busy.fetch_sub(1, std::memory_order_release);
      busy.notify_one();
    }
  }

  std::vector<std::thread> workers;
  std::atomic<int> generation{0}, busy{0};
  Parts *given = nullptr;  // none at the end
};

// GOMP_parallel of an OpenMP runtime: calls function(argument) once on each of some threads.
using Team = void (*)(void (*function)(void *), void *argument, unsigned threads, unsigned flags);

struct State {
  std::mutex lock;
  Index threads = 1;
  Team team = nullptr;
  std::unique_ptr<Pool> pool;  // where there is no team
  void *memory = nullptr;
  Index size = 0;
};

// Never destroyed: threads may still compute while the process ends.
State *state = new State;
bool forked = false;

// A forked child has none of the threads, ours or a team's, and may have the lock of one of them.
void forget_threads() {
  const Index threads = state->threads;
  state = new State;
  state->threads = threads;
  forked = true;
}

const int registered = pthread_atfork(nullptr, nullptr, forget_threads);

void *scratch(Index bytes) {
  if (bytes > state->size) {
    std::free(state->memory);
    state->size = 0;
    state->memory = std::aligned_alloc(64, (bytes + 63) / 64 * 64);
    if (!state->memory) throw std::bad_alloc();
    state->size = bytes;
  }
  return state->memory;
}

void parallel(Index count, Task task, void *argument) {
  Parts parts(count, task, argument);
  if (!state->team) return state->pool->run(parts);
  const auto take = [](void *given) { static_cast<Parts *>(given)->take(); };
  state->team(take, &parts, static_cast<unsigned>(state->threads), 0);
}

// What this CPU can run, the best first.
std::vector<const Kernels *> able() {
  std::vector<const Kernels *> found;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw"))
    found.push_back(&kernels_avx512);
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    found.push_back(&kernels_avx2);
#endif
  found.push_back(&kernels_baseline);
  return found;
}

const Kernels *kernels = able().front();

int locked(void (*function)(const Sequence &, const Host &), const Sequence &sequence) {
  try {
    std::lock_guard<std::mutex> guard(state->lock);
    if (!state->team && !state->pool) state->pool = std::make_unique<Pool>(state->threads);
    function(sequence, Host{state->threads, scratch, parallel});
  } catch (const std::exception &) {
    return 1;
  }
  return 0;
}

}  // namespace

extern "C" {

long rnnbench_tape_width(long cell, long bytes, long hidden) {
  const long slots = cell == LSTM ? 5 : cell == GRU ? 4 : 1, lanes = 64 / bytes;
  return slots * ((hidden + lanes - 1) / lanes * lanes);
}

void rnnbench_set_threads(long count) {
  std::lock_guard<std::mutex> guard(state->lock);
  if (count == state->threads) return;
  state->pool.reset();
  state->threads = count;
}

long rnnbench_threads() {
  std::lock_guard<std::mutex> guard(state->lock);
  return state->threads;
}

void rnnbench_use_team(void *gomp_parallel) {
  std::lock_guard<std::mutex> guard(state->lock);
  state->pool.reset();
  state->team = forked ? nullptr : reinterpret_cast<Team>(gomp_parallel);
}

const char *rnnbench_instructions() { return kernels->name; }

int rnnbench_choose(const char *name) {
  for (const Kernels *other : able())
    if (std::string(name) == other->name) {
      kernels = other;
      return 1;
    }
  return 0;
}

int rnnbench_forward(const Sequence *sequence) { return locked(kernels->forward, *sequence); }

int rnnbench_backward(const Sequence *sequence) { return locked(kernels->backward, *sequence); }
}
