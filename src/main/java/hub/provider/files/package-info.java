/**
 * Files in a bucket of S3 or a compatible store (R2, MinIO): the clients of {@code aws2-s3:},
 * multipart uploads, presigned links, and the store's failures.
 */
package hub.provider.files;
