package hub.cli;

import java.io.PrintWriter;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Sends many requests, at a rate or one after the other. Ctrl-C ends it with the summary of what
 * was sent.
 */
final class SendMany {
  static final int MAX_COUNT = 1_000_000;
  static final int MAX_RATE = 10_000;

  /** Unanswered requests at a given rate; a hub that is slower slows the rate down. */
  private static final int MAX_OPEN = 200;

  private static final long SECOND = 1_000_000_000;
  private static final long REDRAW_NANOS = SECOND / 5;
  private static final int BAR_WIDTH = 30;
  private static final int STOP_SECONDS = 5;

  private final PrintWriter progress;
  private final int count;
  private final Double rate;
  private final TreeMap<String, Integer> statuses = new TreeMap<>();
  private final List<Double> millis = new ArrayList<>();
  private volatile boolean stopped;
  private long drawn;

  /**
   * @param progress where a bar is drawn, on a terminal
   * @param rate requests a second; null: each after the answer to the one before
   */
  SendMany(PrintWriter progress, int count, Double rate) {
    this.progress = progress;
    this.count = count;
    this.rate = rate;
  }

  /** Sends all, unless it is interrupted. */
  SendSummary send(SignedMessages messages) {
    CountDownLatch ended = new CountDownLatch(1);
    Thread onInterrupt =
        new Thread(
            () -> {
              stopped = true;
              // The summary is printed before the process ends.
              try {
                boolean unused = ended.await(STOP_SECONDS, TimeUnit.SECONDS);
                TimeUnit.MILLISECONDS.sleep(200);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    Runtime.getRuntime().addShutdownHook(onInterrupt);
    try {
      return sendAll(messages);
    } finally {
      ended.countDown();
      removeHook(onInterrupt);
    }
  }

  private static void removeHook(Thread hook) {
    try {
      boolean unused = Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending.
    }
  }

  private SendSummary sendAll(SignedMessages messages) {
    int most = rate == null ? 1 : MAX_OPEN;
    Semaphore open = new Semaphore(most);
    long begun = System.nanoTime();
    try {
      for (int i = 0; i < count && !stopped; i++) {
        if (rate != null) {
          pause(begun + (long) (i * SECOND / rate));
        }
        open.acquire();
        if (!stopped) {
          SignedMessages.Message message = messages.next();
          if (i == 0) {
            message.note().ifPresent(progress::println);
          }
          send(message.request(), open);
        }
      }
      boolean unused = open.tryAcquire(most, STOP_SECONDS * (stopped ? 1 : 6L), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Duration took = Duration.ofNanos(System.nanoTime() - begun);
    synchronized (this) {
      draw(true);
      return new SendSummary(
          count, took, new TreeMap<>(statuses), millis.stream().sorted().toList());
    }
  }

  private void pause(long until) throws InterruptedException {
    long left = until - System.nanoTime();
    while (left > 0 && !stopped) {
      TimeUnit.NANOSECONDS.sleep(Math.min(left, REDRAW_NANOS));
      left = until - System.nanoTime();
    }
  }

  private void send(HttpRequest request, Semaphore open) {
    long begun = System.nanoTime();
    var unused =
        CliHttp.sendAsync(request)
            .whenComplete(
                (answer, failure) -> {
                  record(answer, failure, System.nanoTime() - begun);
                  open.release();
                });
  }

  private synchronized void record(HttpResponse<Void> answer, Throwable failure, long nanos) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    String status =
        failure == null
            ? Integer.toString(answer.statusCode())
            : "no answer (" + cause.getClass().getSimpleName() + ")";
    statuses.merge(status, 1, Integer::sum);
    if (failure == null) {
      millis.add(nanos / 1_000_000.0);
    }
    draw(false);
  }

  /** Draws the bar, a few times a second. */
  private void draw(boolean last) {
    long now = System.nanoTime();
    if (!Colours.areShown() || (!last && now - drawn < REDRAW_NANOS)) {
      return;
    }
    drawn = now;
    int sent = statuses.values().stream().mapToInt(Integer::intValue).sum();
    int full = (int) ((long) BAR_WIDTH * sent / count);
    progress.print(
        "\r["
            + "#".repeat(full)
            + " ".repeat(BAR_WIDTH - full)
            + "] "
            + sent
            + "/"
            + count
            + (last ? "\n" : ""));
    progress.flush();
  }
}
