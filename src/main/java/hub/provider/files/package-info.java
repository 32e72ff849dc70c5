/**
 * Files in a bucket of S3 or what speaks like it (R2, MinIO): the clients that {@code aws2-s3:}
 * calls with, uploads of any length in parts, presigned links, and what a failure says.
 */
package hub.provider.files;
