package hub.provider.email;

import java.util.Optional;

/**
 * A file of the storage that goes along with an e-mail; it is read when the e-mail is sent.
 *
 * @param key in the bucket
 * @param filename as the reader of the e-mail sees it
 * @param contentType empty: as it was stored
 */
record MailAttachment(String key, String filename, Optional<String> contentType) {}
