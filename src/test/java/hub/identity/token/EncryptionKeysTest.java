package hub.identity.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hub.config.Settings;
import hub.http.problem.ProblemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EncryptionKeysTest {
  private static final TokenOwner ADA = new TokenOwner("github", "ada");

  @TempDir Path folder;
  private final Map<String, String> settings = new HashMap<>();

  @BeforeEach
  void inAFolderOfItsOwn() {
    settings.put("hub.data-dir", folder.resolve("data").toString());
  }

  private EncryptionKeys open() {
    return EncryptionKeys.open(new Settings(key -> Optional.ofNullable(settings.get(key))));
  }

  private Path file() {
    return folder.resolve("data").resolve(EncryptionKeys.FILE);
  }

  @Test
  void where_none_is_set_one_is_made_once_and_kept_for_its_owner_alone() throws Exception {
    EncryptionKeys made = open();
    byte[] ciphertext = new TokenCipher(made).encrypt(ADA, TokenCipher.ACCESS, "token");

    assertThat(made.isGenerated()).isTrue();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("rw-------");
    EncryptionKeys again = open();
    assertThat(again.newest()).isEqualTo(made.newest()).startsWith("made-");
    assertThat(new TokenCipher(again).decrypt(ADA, TokenCipher.ACCESS, made.newest(), ciphertext))
        .isEqualTo("token");
    try (var files = Files.list(file().getParent())) {
      assertThat(files).as("nothing half-written is left").containsExactly(file());
    }
  }

  @Test
  void one_that_was_made_still_decrypts_when_others_are_set_and_can_be_set_itself()
      throws Exception {
    EncryptionKeys made = open();
    byte[] ciphertext = new TokenCipher(made).encrypt(ADA, TokenCipher.ACCESS, "token");
    settings.put("hub.encryption-keys", VaultNode.KEY_A);

    EncryptionKeys set = open();
    assertThat(set.newest()).isEqualTo("a");
    assertThat(set.isGenerated()).isFalse();
    assertThat(new TokenCipher(set).decrypt(ADA, TokenCipher.ACCESS, made.newest(), ciphertext))
        .isEqualTo("token");

    settings.put("hub.encryption-keys", Files.readString(file()).strip());
    Files.delete(file());
    assertThat(new TokenCipher(open()).decrypt(ADA, TokenCipher.ACCESS, made.newest(), ciphertext))
        .isEqualTo("token");
  }

  @Test
  void a_file_among_the_secrets_sets_them_too_and_none_is_made() {
    settings.put("HUB_ENCRYPTION_KEYS", VaultNode.KEY_B + "\n");

    assertThat(open().newest()).isEqualTo("b");
    assertThat(file()).doesNotExist();
  }

  @Test
  void the_first_encrypts_and_every_one_decrypts() {
    byte[] old =
        new TokenCipher(TokenKeys.of(VaultNode.KEY_A)).encrypt(ADA, TokenCipher.ACCESS, "token");
    TokenCipher both = new TokenCipher(TokenKeys.of(VaultNode.KEY_B + " , " + VaultNode.KEY_A));

    assertThat(both.keyId()).isEqualTo("b");
    assertThat(both.decrypt(ADA, TokenCipher.ACCESS, "a", old)).isEqualTo("token");
  }

  @Test
  void a_removed_key_is_named() {
    TokenCipher cipher = new TokenCipher(TokenKeys.of(VaultNode.KEY_B));

    assertThatThrownBy(() -> cipher.decrypt(ADA, TokenCipher.ACCESS, "a", new byte[40]))
        .isInstanceOfSatisfying(
            ProblemException.class,
            e -> {
              assertThat(e.problem().status()).isEqualTo(503);
              assertThat(e.problem().reason()).isEqualTo("not-configured");
              assertThat(e.problem().detail()).contains("key 'a'", "HUB_ENCRYPTION_KEYS");
            });
  }

  @Test
  void another_key_of_the_same_id_opens_nothing() {
    byte[] old =
        new TokenCipher(TokenKeys.of(VaultNode.KEY_A)).encrypt(ADA, TokenCipher.ACCESS, "token");
    TokenCipher other = new TokenCipher(TokenKeys.of(VaultNode.key("a", 9)));

    assertThatThrownBy(() -> other.decrypt(ADA, TokenCipher.ACCESS, "a", old))
        .isInstanceOf(UnreadableTokenException.class)
        .hasMessageContaining("github:ada");
  }

  @Test
  void the_same_token_never_looks_the_same() {
    TokenCipher cipher = new TokenCipher(TokenKeys.of(VaultNode.KEY_A));

    assertThat(cipher.encrypt(ADA, TokenCipher.ACCESS, "token"))
        .isNotEqualTo(cipher.encrypt(ADA, TokenCipher.ACCESS, "token"));
  }

  @Test
  void a_ciphertext_opens_in_its_own_place_only() {
    TokenCipher cipher = new TokenCipher(TokenKeys.of(VaultNode.KEY_A));
    byte[] ciphertext = cipher.encrypt(new TokenOwner("ab", "c"), TokenCipher.ACCESS, "token");

    for (TokenOwner other :
        new TokenOwner[] {new TokenOwner("a", "bc"), new TokenOwner("ab", "d")}) {
      assertThatThrownBy(() -> cipher.decrypt(other, TokenCipher.ACCESS, "a", ciphertext))
          .isInstanceOf(UnreadableTokenException.class);
    }
    assertThatThrownBy(
            () -> cipher.decrypt(new TokenOwner("ab", "c"), TokenCipher.REFRESH, "a", ciphertext))
        .isInstanceOf(UnreadableTokenException.class);
  }

  @Test
  void every_changed_or_missing_byte_is_noticed() {
    TokenCipher cipher = new TokenCipher(TokenKeys.of(VaultNode.KEY_A));
    byte[] ciphertext = cipher.encrypt(ADA, TokenCipher.ACCESS, "token");
    for (int i = 0; i < ciphertext.length; i++) {
      byte[] changed = ciphertext.clone();
      changed[i] ^= 1;
      byte[] cut = java.util.Arrays.copyOf(ciphertext, i);
      assertThatThrownBy(() -> cipher.decrypt(ADA, TokenCipher.ACCESS, "a", changed))
          .isInstanceOf(UnreadableTokenException.class);
      assertThatThrownBy(() -> cipher.decrypt(ADA, TokenCipher.ACCESS, "a", cut))
          .isInstanceOf(UnreadableTokenException.class);
    }
  }

  @Test
  void a_folder_that_cannot_keep_a_key_says_what_to_set() throws Exception {
    Files.writeString(folder.resolve("data"), "a file");

    assertThatThrownBy(this::open)
        .hasMessageContaining("cannot keep a key; set HUB_ENCRYPTION_KEYS")
        .hasMessageContaining("hub.data-dir");
  }

  @ParameterizedTest
  @CsvSource({
    "c2VjcmV0, is not id:base64",
    "a b:%s, 'has an id that is not 1 to 64 letters, digits, dots, dashes or _'",
    ":%s, 'has an id that is not 1 to 64 letters, digits, dots, dashes or _'",
    "a:s3cret!, is no base64 behind its id",
    "a:c2VjcmV0, has 6 bytes instead of 32",
    "old:%s, has the id of an earlier one",
    "a:%s, is the key of an earlier one under another id",
    "a:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=, 'is one byte repeated, which anybody can guess'",
    "a://////////////////////////////////////////8=, 'is one byte repeated, which anybody can guess'",
  })
  void what_is_wrong_is_told_by_number_and_never_shown(String entry, String fault) {
    String right = VaultNode.key("", 1).substring(1);
    String value = "old:" + right + "," + entry.formatted(right);

    assertThat(EncryptionKeys.faults(value)).containsExactly("number 2 of 2 " + fault);
    assertThatThrownBy(() -> TokenKeys.of(value))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("HUB_ENCRYPTION_KEYS: number 2 of 2 " + fault)
        .hasMessageNotContaining("3cret")
        .hasMessageNotContaining("c2Vj")
        .hasMessageNotContaining(right);
  }

  @Test
  void a_comma_before_nothing_is_no_fault() {
    assertThat(EncryptionKeys.faults(VaultNode.KEY_A + ", ")).isEmpty();
    assertThat(EncryptionKeys.faults("")).isEmpty();
    assertThat(TokenKeys.of(VaultNode.KEY_A + ",").newest()).isEqualTo("a");
  }

  @Test
  void its_text_shows_no_key() {
    assertThat(TokenKeys.of(VaultNode.KEY_A).toString())
        .startsWith("[a")
        .doesNotContain(VaultNode.KEY_A.substring(2, 10));
  }
}
