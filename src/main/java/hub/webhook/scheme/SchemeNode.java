package hub.webhook.scheme;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A map of a scheme's file, which has passed the JSON Schema; a missing member is empty. */
record SchemeNode(Map<?, ?> members) {
  static SchemeNode of(Object value) {
    return new SchemeNode(value instanceof Map<?, ?> map ? map : Map.of());
  }

  boolean has(String name) {
    return members.get(name) != null;
  }

  String text(String name) {
    return text(name, "");
  }

  String text(String name, String otherwise) {
    Object value = members.get(name);
    return value == null || value instanceof Map || value instanceof List
        ? otherwise
        : value.toString();
  }

  /** 0 when it is missing; the greatest number instead of one that is too great. */
  int number(String name) {
    return members.get(name) instanceof Number number
        ? (int) Math.min(number.doubleValue(), Integer.MAX_VALUE)
        : 0;
  }

  boolean flag(String name, boolean otherwise) {
    return members.get(name) instanceof Boolean flag ? flag : otherwise;
  }

  SchemeNode node(String name) {
    return of(members.get(name));
  }

  /** The items of a list; a single value is a list of one. */
  List<Object> list(String name) {
    Object value = members.get(name);
    if (value == null) {
      return List.of();
    }
    return value instanceof List<?> list ? new ArrayList<>(list) : List.of(value);
  }

  List<String> texts(String name) {
    return list(name).stream().map(Object::toString).toList();
  }

  List<SchemeNode> nodes(String name) {
    return list(name).stream().map(SchemeNode::of).toList();
  }

  /** All members as texts, in order. */
  Map<String, String> map() {
    Map<String, String> map = new LinkedHashMap<>();
    members.forEach((name, value) -> map.put(name.toString(), String.valueOf(value)));
    return map;
  }
}
