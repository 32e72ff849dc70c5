package hub.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/** What a value must look like. */
public enum ValueKind {
  /** Any characters. */
  TEXT("a text"),
  /** Any characters, never shown. */
  SECRET("a secret"),
  /** An http or https address without a path. */
  URL("an http or https address without a path or a / at its end"),
  /** An http or https address, or nothing. */
  ADDRESS("an http or https address"),
  /** A folder. */
  PATH("a folder"),
  /** A name in SQL that needs no quotes. */
  IDENTIFIER(
      "a name of at most 45 small letters, digits and _ that begins with a letter and not with pg_"),
  /** A whole number from 1. */
  COUNT("a whole number from 1 to " + Integer.MAX_VALUE),
  /** A whole number from 1, or nothing: the hub decides. */
  BYTES("a whole number from 1"),
  /** A whole number from 0. */
  NUMBER("a whole number from 0 to " + Integer.MAX_VALUE),
  /** A whole number from 1 to 100. */
  PERCENT("a whole number from 1 to 100"),
  /** On or off. */
  SWITCH("true or false"),
  /** Whole numbers of seconds from 0, comma-separated. */
  DELAYS("whole numbers of seconds from 0, separated by commas"),
  /** IP addresses and networks, comma-separated, or nothing. */
  NETWORKS("IP addresses or networks such as 10.0.0.0/8, separated by commas"),
  /** People by their login provider, comma-separated, or nothing. */
  PEOPLE("provider:subject or provider:verified-mail, separated by commas"),
  /** Any characters and line breaks, such as a private key in PEM, never shown. */
  SECRET_LINES("a secret of several lines"),
  /** A whole number within the bounds of its declaration. */
  INTEGER("a whole number"),
  /** One of the words of its declaration. */
  CHOICE("one of a few words"),
  /** The sender of an e-mail, or nothing. */
  SENDER("an address or Name <address>"),
  /** The end of an address from which a route starts, or nothing. */
  ROUTE("the end of a route's address");

  /** Excludes {@code key:}, the name for holders of an API key, who are not people. */
  private static final Pattern PEOPLE_LIST =
      Pattern.compile("((^|\\s*,\\s*)(?!key:)[A-Za-z0-9][A-Za-z0-9_-]*:[^,\\s]+)*");

  private final String description;

  ValueKind(String description) {
    this.description = description;
  }

  /** Whether a value is never shown. */
  public boolean isSecret() {
    return this == SECRET || this == SECRET_LINES;
  }

  /** What a value must be, such as {@code a whole number from 1 to …}. */
  public String description() {
    return description;
  }

  /**
   * Why {@code value} is invalid, such as {@code must be a whole number …, not 'x'}; empty when it
   * is valid. Secrets are not checked here, nor is what a declaration says beyond the kind.
   */
  public Optional<String> complaint(String value) {
    boolean right =
        switch (this) {
          case TEXT, SECRET, SECRET_LINES, INTEGER, CHOICE, SENDER, ROUTE -> true;
          case URL -> isBaseAddress(value);
          case ADDRESS -> value.isEmpty() || isAddress(value);
          case PATH -> isFolder(value);
          case IDENTIFIER -> value.matches("(?!pg_)[a-z][a-z0-9_]{0,44}");
          case COUNT -> value.matches("\\d{1,10}") && isCount(Long.parseLong(value));
          case BYTES -> value.isEmpty() || value.matches("[1-9]\\d{0,17}");
          case NUMBER -> value.matches("\\d{1,9}");
          case PERCENT -> value.matches("[1-9]\\d?|100");
          case SWITCH -> value.matches("true|false");
          case DELAYS -> value.matches("\\s*\\d{1,9}\\s*(,\\s*\\d{1,9}\\s*)*");
          case NETWORKS -> areNetworks(value);
          case PEOPLE -> PEOPLE_LIST.matcher(value).matches();
        };
    return right
        ? Optional.empty()
        : Optional.of("must be " + description + ", not '" + value + "'");
  }

  private static boolean isCount(long number) {
    return number >= 1 && number <= Integer.MAX_VALUE;
  }

  private static boolean isBaseAddress(String value) {
    try {
      URI uri = new URI(value);
      return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
          && uri.getHost() != null
          && uri.getUserInfo() == null
          && uri.getRawPath().isEmpty()
          && uri.getQuery() == null
          && uri.getFragment() == null;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private static boolean isAddress(String value) {
    try {
      URI uri = new URI(value);
      return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
          && uri.getHost() != null
          && uri.getUserInfo() == null
          && uri.getQuery() == null
          && uri.getFragment() == null;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private static boolean areNetworks(String value) {
    try {
      Networks unused = Networks.parse(value);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static boolean isFolder(String value) {
    try {
      Path path = Path.of(value);
      return !Files.exists(path) || Files.isDirectory(path);
    } catch (InvalidPathException e) {
      return false;
    }
  }
}
