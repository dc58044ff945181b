package dev.lethe.requests.access.storage;

import dev.lethe.outbox.CrashPoint;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Reports as objects in a bucket: {@code PREFIX REQUEST/EPOCH-RANDOM}. Small ones are put at once, others in parts. Whether the
 * claim still stands is not asked here, but when the report is registered.
 */
class S3Store implements Store, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(S3Store.class);
    private static final String SCHEME = "s3";
    private static final String BINARY = "application/octet-stream";

    /** S3 takes 10,000 parts, of 5 MiB at the least: enough for 78 GiB. */
    private static final int PART = 8 << 20;

    private static final Pattern OURS =
            Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/[0-9]{1,9}-[0-9a-f]+");

    private static final String DEAD = """
            select entry
              from unnest(:entries) as entry
              join request on request.id = substr(entry, 1, 36)::uuid
             where not (state = :inProgress and epoch = split_part(substr(entry, 38), '-', 1)::integer)
               and not exists (select from report where location = 's3:' || :prefix || entry and deleted_at is null)
            """;

    private static final int BATCH = 500;

    private final S3Client s3;
    private final String bucket;
    private final String prefix;
    private final JdbcClient jdbc;
    private final SecureRandom random = new SecureRandom();

    S3Store(S3Client s3, String bucket, String prefix, JdbcClient jdbc) {
        this.s3 = s3;
        this.bucket = bucket;
        this.prefix = prefix;
        this.jdbc = jdbc;
    }

    @Override
    public String scheme() {
        return SCHEME;
    }

    @Override
    public int blockSize() {
        return 4 << 20;
    }

    @Override
    public Upload begin(UUID requestId, int epoch) {
        var unique = new byte[8];
        random.nextBytes(unique);
        return new Parts(
                "%s%s/%d-%s".formatted(prefix, requestId, epoch, HexFormat.of().formatHex(unique)));
    }

    private static String key(String location) {
        return location.substring(SCHEME.length() + 1);
    }

    @Override
    public byte[] read(String location, long from, int length) throws IOException {
        try {
            return s3.getObjectAsBytes(request -> request.bucket(bucket)
                            .key(key(location))
                            .range("bytes=%d-%d".formatted(from, from + length - 1)))
                    .asByteArrayUnsafe();
        } catch (SdkException e) {
            throw failure("cannot read a report", e);
        }
    }

    @Override
    public void delete(String location) throws IOException {
        try {
            s3.deleteObject(request -> request.bucket(bucket).key(key(location)));
        } catch (SdkException e) {
            throw failure("cannot delete a report", e);
        }
    }

    @Override
    public int deleteLeftovers() throws IOException {
        try {
            return deleteUnknownObjects() + abortUnknownUploads();
        } catch (SdkException e) {
            throw failure("cannot delete leftovers", e);
        }
    }

    private int deleteUnknownObjects() {
        int deleted = 0;
        for (List<String> batch : batches(
                s3.listObjectsV2Paginator(request -> request.bucket(bucket).prefix(prefix)).contents().stream()
                        .map(S3Object::key)
                        .toList())) {
            for (String entry : dead(batch)) {
                s3.deleteObject(request -> request.bucket(bucket).key(prefix + entry));
                deleted++;
            }
        }
        return deleted;
    }

    private int abortUnknownUploads() {
        int aborted = 0;
        List<MultipartUpload> uploads =
                s3
                        .listMultipartUploadsPaginator(
                                request -> request.bucket(bucket).prefix(prefix))
                        .uploads()
                        .stream()
                        .toList();
        for (List<String> batch :
                batches(uploads.stream().map(MultipartUpload::key).toList())) {
            List<String> dead = dead(batch);
            for (MultipartUpload upload : uploads) {
                if (upload.key().startsWith(prefix)
                        && dead.contains(upload.key().substring(prefix.length()))) {
                    abort(upload.key(), upload.uploadId());
                    aborted++;
                }
            }
        }
        return aborted;
    }

    private List<List<String>> batches(List<String> keys) {
        List<String> ours = keys.stream()
                .filter(key -> key.startsWith(prefix))
                .map(key -> key.substring(prefix.length()))
                .filter(entry -> OURS.matcher(entry).matches())
                .toList();
        var batches = new ArrayList<List<String>>();
        for (int from = 0; from < ours.size(); from += BATCH) {
            batches.add(ours.subList(from, Math.min(from + BATCH, ours.size())));
        }
        return batches;
    }

    private List<String> dead(List<String> entries) {
        return jdbc.sql(DEAD)
                .param("entries", entries.toArray(String[]::new))
                .param("inProgress", IN_PROGRESS)
                .param("prefix", prefix)
                .query(String.class)
                .list();
    }

    private void abort(String key, String upload) {
        s3.abortMultipartUpload(request -> request.bucket(bucket).key(key).uploadId(upload));
    }

    private static IOException failure(String what, SdkException cause) {
        return new IOException(what + ": " + cause.getClass().getSimpleName(), cause);
    }

    @Override
    public void close() {
        s3.close();
    }

    private final class Parts extends Upload {

        private final String key;
        private final List<CompletedPart> parts = new ArrayList<>();
        private @Nullable String upload;

        Parts(String key) {
            super(SCHEME + ":" + key, PART);
            this.key = key;
        }

        @Override
        void store(Piece piece, boolean last) throws IOException {
            try {
                if (last && upload == null) {
                    s3.putObject(request -> request.bucket(bucket).key(key), body(piece));
                    return;
                }
                if (piece.size() > 0) {
                    storePart(piece);
                }
                if (last) {
                    s3.completeMultipartUpload(request ->
                            request.bucket(bucket).key(key).uploadId(upload).multipartUpload(all -> all.parts(parts)));
                }
            } catch (SdkException e) {
                throw failure("cannot store a report", e);
            }
        }

        private void storePart(Piece piece) {
            if (upload == null) {
                upload = s3.createMultipartUpload(
                                request -> request.bucket(bucket).key(key).contentType(BINARY))
                        .uploadId();
            }
            int number = parts.size() + 1;
            String tag = s3.uploadPart(
                            request -> request.bucket(bucket)
                                    .key(key)
                                    .uploadId(upload)
                                    .partNumber(number),
                            body(piece))
                    .eTag();
            parts.add(CompletedPart.builder().partNumber(number).eTag(tag).build());
            CrashPoint.reached("storage.chunk-written");
        }

        /** Reads the piece where it is, as often as the client tries. */
        private static RequestBody body(Upload.Piece piece) {
            int size = piece.size();
            return RequestBody.fromContentProvider(
                    () -> new ByteArrayInputStream(piece.buffer(), 0, size), size, BINARY);
        }

        @Override
        void abort() {
            try {
                if (upload != null) {
                    S3Store.this.abort(key, upload);
                }
                // An answer may have been lost, and the object be there
                delete(location());
            } catch (SdkException | IOException e) {
                log.atWarn()
                        .addKeyValue("event.action", "report-not-deleted")
                        .addKeyValue("error.type", e.getClass().getName())
                        .addKeyValue("lethe.report.location", location())
                        .log("what was stored of an unfinished report is deleted later");
            }
        }
    }
}
