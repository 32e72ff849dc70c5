package hub.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WorkerPoolTest {
  private static final int SIZE = 8;

  private final WorkerPool pool = new WorkerPool("test-worker", SIZE);

  @AfterEach
  void close() {
    pool.close();
  }

  @Test
  void all_work_of_many_callers_is_done() throws Exception {
    int callers = 4;
    int each = 50_000;
    CountDownLatch done = new CountDownLatch(callers * each);
    for (int i = 0; i < callers; i++) {
      new Thread(
              () -> {
                for (int n = 0; n < each; n++) {
                  pool.execute(done::countDown);
                }
              })
          .start();
    }
    assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void as_much_work_as_there_are_threads_runs_at_the_same_time() throws Exception {
    for (int round = 0; round < 100; round++) {
      CyclicBarrier together = new CyclicBarrier(SIZE);
      CountDownLatch done = new CountDownLatch(SIZE);
      Set<Thread> threads = ConcurrentHashMap.newKeySet();
      for (int i = 0; i < SIZE; i++) {
        pool.execute(
            () -> {
              try {
                together.await(30, TimeUnit.SECONDS);
                threads.add(Thread.currentThread());
                done.countDown();
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
      }
      assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(threads).hasSize(SIZE);
    }
  }

  @Test
  void work_that_throws_or_is_interrupted_costs_no_thread() throws Exception {
    for (int i = 0; i < 10 * SIZE; i++) {
      pool.execute(
          () -> {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("broken");
          });
    }
    CountDownLatch done = new CountDownLatch(1);
    pool.execute(done::countDown);
    assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void an_interrupt_that_comes_after_the_work_costs_no_thread() throws Exception {
    for (int round = 0; round < 3 * SIZE; round++) {
      CompletableFuture<Thread> worker = new CompletableFuture<>();
      pool.execute(() -> worker.complete(Thread.currentThread()));
      Thread idle = worker.get(30, TimeUnit.SECONDS);
      await().until(() -> idle.getState() == Thread.State.TIMED_WAITING);
      idle.interrupt();
    }
    CountDownLatch done = new CountDownLatch(1);
    pool.execute(done::countDown);
    assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
  }
}
