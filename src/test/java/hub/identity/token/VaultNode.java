package hub.identity.token;

import hub.config.Settings;
import hub.db.Database;
import hub.testing.FaultyLine;
import hub.testing.Store;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** The vault of one node, with its own database connections. */
final class VaultNode implements AutoCloseable {
  static final String KEY_A = key("a", 1);
  static final String KEY_B = key("b", 2);

  /** Short timeouts, for tests. */
  static final VaultLimits LIMITS =
      new VaultLimits(
          Duration.ofSeconds(20),
          Duration.ofMillis(1500),
          Duration.ofMillis(600),
          Duration.ofSeconds(3));

  private final Map<String, String> settings;
  private final Clock clock;
  private final TokenEndpoint endpoint;
  final Database database;
  final TokenTable table;
  final TokenVault vault;
  final KeyRotation rotation;

  private VaultNode(Map<String, String> settings, TokenEndpoint endpoint, Clock clock) {
    this.settings = settings;
    this.endpoint = endpoint;
    this.clock = clock;
    Settings values = new Settings(key -> Optional.ofNullable(settings.get(key)));
    database = Database.open(values);
    table = new TokenTable(database);
    table.releaseAll();
    TokenCodec tokenCodec = new TokenCodec(new TokenCipher(EncryptionKeys.open(values)));
    vault =
        TokenModule.vault(
            table,
            tokenCodec,
            () -> Optional.of(endpoint),
            VaultNode::keep,
            (row, reason) -> table.refuse(row),
            clock,
            LIMITS,
            20);
    rotation = new KeyRotation(table, tokenCodec);
  }

  private static void keep(TokenOwner owner, String token) {
    throw new IllegalStateException("there is no inbox here");
  }

  static VaultNode on(Store store, TokenEndpoint endpoint, Clock clock) {
    try {
      Path folder = Files.createTempDirectory("vault-test");
      Map<String, String> settings = new HashMap<>(store.fresh(folder));
      settings.put("hub.data-dir", folder.toString());
      settings.put("hub.encryption-keys", KEY_A);
      return new VaultNode(settings, endpoint, clock);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Another node on the same database; on H2 this one must be closed first. */
  VaultNode again() {
    return new VaultNode(settings, endpoint, clock);
  }

  VaultNode again(String encryptionKeys) {
    Map<String, String> others = new HashMap<>(settings);
    others.put("hub.encryption-keys", encryptionKeys);
    return new VaultNode(others, endpoint, clock);
  }

  /** A connection to its database that can be cut; PostgreSQL only. */
  FaultyLine line() {
    URI url = URI.create(settings.get("hub.database.url").substring("jdbc:".length()));
    return new FaultyLine(url.getHost(), url.getPort());
  }

  /** Another node that reaches the database through {@code line}. */
  VaultNode over(FaultyLine line) {
    Map<String, String> others = new HashMap<>(settings);
    others.computeIfPresent(
        "hub.database.url",
        (key, url) -> url.replaceFirst("//[^/]+/", "//localhost:" + line.port() + "/"));
    return new VaultNode(others, endpoint, clock);
  }

  /** The endpoint of the provider that is set at the time of the call. */
  static TokenEndpoint endpoint(AtomicReference<RotatingProvider> provider) {
    return new TokenEndpoint() {
      @Override
      public void require(String name) {
        provider.get().require(name);
      }

      @Override
      public TokenSet refresh(String name, String refreshToken) {
        return provider.get().refresh(name, refreshToken);
      }

      @Override
      public void revoke(String name, String token) {
        provider.get().revoke(name, token);
      }
    };
  }

  static String key(String id, int first) {
    byte[] bytes = new byte[32];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (first + i);
    }
    return id + ":" + Base64.getEncoder().encodeToString(bytes);
  }

  Path folder() {
    return Path.of(settings.get("hub.data-dir"));
  }

  /** The first column of the first row. */
  String query(String sql, Object... parameters) {
    return run(
        sql,
        statement -> {
          try (ResultSet row = statement.executeQuery()) {
            return row.next() ? row.getString(1) : null;
          }
        },
        parameters);
  }

  int update(String sql, Object... parameters) {
    return run(sql, PreparedStatement::executeUpdate, parameters);
  }

  private interface Run<T> {
    T on(PreparedStatement statement) throws SQLException;
  }

  private <T> T run(String sql, Run<T> run, Object... parameters) {
    try {
      return database.inTransaction(
          connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
              for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
              }
              return run.on(statement);
            }
          });
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Closes its connections, as if the process had been killed. */
  void die() {
    database.close();
  }

  @Override
  public void close() {
    vault.close();
    database.close();
  }
}
