package hub.poll;

/**
 * How a list is read.
 *
 * @param source of its events
 * @param oldestFirst whether the list shows the oldest items first
 * @param cursorQuery name of the query parameter that carries the last cursor; empty: none
 * @param hasNext whether pages tell where the next one is
 * @param maxPages of one run, from 1
 */
record PollRules(
    String source, boolean oldestFirst, String cursorQuery, boolean hasNext, int maxPages) {}
