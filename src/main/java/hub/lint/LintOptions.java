package hub.lint;

/**
 * What the command {@code lint} may be told.
 *
 * @param missingSecret the severity of a secret or variable that is not set; a start takes it for
 *     an error
 * @param database whether the configured database is looked into
 */
public record LintOptions(Fault.Level missingSecret, boolean database) {}
