package hub.util.log;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes log lines for people who work on routes: {@code POST /api/webhooks/shop 200 4 ms}. Of
 * requests, events and calls only what one looks for; other messages as they are.
 */
final class DevLine {
  private static final Pattern FIELD = Pattern.compile("([A-Za-z]+)=(\\S*)(?: |$)");

  private static final String RED = "31";
  private static final String GREEN = "32";
  private static final String YELLOW = "33";
  private static final String CYAN = "36";
  private static final String DIM = "2";

  private final boolean colours;

  DevLine(boolean colours) {
    this.colours = colours;
  }

  /**
   * @param level such as {@code INFO}
   * @param message without control characters
   */
  String of(String level, String logger, String message) {
    String text =
        switch (logger) {
          case "hub.request" -> request(message);
          case "hub.handling" -> event(message);
          case "hub.call" -> call(message);
          default -> other(logger, message);
        };
    return switch (level) {
      case "ERROR", "FATAL" -> coloured(RED, "ERROR ") + text;
      case "WARN" -> coloured(YELLOW, "WARN ") + text;
      case "INFO" -> text;
      default -> coloured(DIM, level + " ") + text;
    };
  }

  private String request(String message) {
    Map<String, String> fields = fields(message);
    if (!fields.keySet().containsAll(List.of("method", "path", "status", "ms"))) {
      return message;
    }
    String status = fields.get("status");
    return fields.get("method")
        + " "
        + fields.get("path")
        + " "
        + coloured(ofStatus(status), status)
        + " "
        + fields.get("ms")
        + " ms"
        + (status.matches("[23]..") ? "" : dim(" requestId=" + fields.get("requestId")));
  }

  private String event(String message) {
    Map<String, String> fields = fields(message);
    if (fields.keySet().containsAll(List.of("source", "type", "route", "outcome"))) {
      String outcome = fields.get("outcome");
      return "event "
          + fields.get("source")
          + " "
          + fields.get("type")
          + " → "
          + fields.get("route")
          + " "
          + coloured(ofOutcome(outcome), outcome)
          + " "
          + fields.get("ms")
          + " ms"
          + attempt(fields)
          + (outcome.equals("done") ? "" : dim(" event=" + fields.get("event")))
          + rest(message, " error=");
    }
    if (fields.keySet().containsAll(List.of("events", "route", "done", "ms"))) {
      return fields.get("events")
          + " events → "
          + fields.get("route")
          + " "
          + fields.get("done")
          + " done "
          + fields.get("ms")
          + " ms";
    }
    return message;
  }

  private String call(String message) {
    Map<String, String> fields = fields(message);
    if (!fields.keySet().containsAll(List.of("provider", "operation", "status", "ms"))) {
      return message;
    }
    String status = fields.get("status");
    String outcome = fields.getOrDefault("outcome", "ok");
    return "call "
        + fields.get("provider")
        + " "
        + fields.get("operation")
        + " "
        + coloured(ofStatus(status), status.equals("-") ? outcome : status)
        + " "
        + fields.get("ms")
        + " ms"
        + (status.matches("-|[23]..") ? "" : " " + outcome)
        + attempt(fields)
        + rest(message, " error=");
  }

  private String other(String logger, String message) {
    return logger.equals("hub.dev") ? message : dim(shortened(logger)) + " " + message;
  }

  /** Packages of libraries are of no use; route ids and the hub's own names have no capitals. */
  private static String shortened(String logger) {
    String last = logger.substring(logger.lastIndexOf('.') + 1);
    return Character.isUpperCase(last.isEmpty() ? 'a' : last.charAt(0)) ? last : logger;
  }

  private static String attempt(Map<String, String> fields) {
    String attempt = fields.getOrDefault("attempt", "1");
    return attempt.equals("1") ? "" : " attempt " + attempt;
  }

  private static String rest(String message, String from) {
    int start = message.indexOf(from);
    return start < 0 ? "" : message.substring(start);
  }

  private static Map<String, String> fields(String message) {
    Map<String, String> fields = new LinkedHashMap<>();
    Matcher field = FIELD.matcher(message);
    while (field.find()) {
      // An error's text comes last and may look like fields, too.
      fields.putIfAbsent(field.group(1), field.group(2));
    }
    return fields;
  }

  private static String ofStatus(String status) {
    return switch (status.charAt(0)) {
      case '2' -> GREEN;
      case '3' -> CYAN;
      case '4' -> YELLOW;
      default -> RED;
    };
  }

  private static String ofOutcome(String outcome) {
    return switch (outcome) {
      case "done" -> GREEN;
      case "dead" -> RED;
      default -> YELLOW;
    };
  }

  /** Less bright. */
  String dim(String text) {
    return coloured(DIM, text);
  }

  private String coloured(String colour, String text) {
    return colours ? "\u001b[" + colour + "m" + text + "\u001b[0m" : text;
  }
}
