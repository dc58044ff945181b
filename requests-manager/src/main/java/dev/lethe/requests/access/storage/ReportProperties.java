package dev.lethe.requests.access.storage;

import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where finished reports are kept, and the keys that protect theirs.
 *
 * @param masterKeys {@code NAME:BASE64} of 32 bytes each, separated by commas: the first encrypts, all decrypt
 * @param masterKeysFile a file of the same, one in each line, instead
 * @param store where new reports go: {@code postgres} or {@code s3}; others are read from where they are
 */
@ConfigurationProperties("lethe.reports")
record ReportProperties(
        @Nullable String masterKeys,
        @Nullable Path masterKeysFile,
        @DefaultValue("postgres") String store,
        @Nullable S3 s3) {

    ReportProperties {
        if (!store.equals("postgres") && !store.equals("s3")) {
            throw new IllegalArgumentException("lethe.reports.store is '%s'; write postgres or s3".formatted(store));
        }
        if (store.equals("s3") && s3 == null) {
            throw new IllegalArgumentException(
                    "lethe.reports.store is s3, but no bucket is named; write lethe.reports.s3.bucket");
        }
    }

    /** Without the keys. */
    @Override
    public String toString() {
        return "ReportProperties[store=%s, s3=%s]".formatted(store, s3);
    }

    /**
     * A bucket of Amazon S3, or of whatever speaks like it.
     *
     * @param endpoint of the server; none is Amazon's own in the region
     * @param prefix what the names of all objects begin with; it ends with a slash, or is empty
     * @param pathStyle whether the bucket's name stands in the path, as most servers other than Amazon's expect it
     * @param accessKey with the secret key; none is what the environment, the container or the machine gives
     */
    record S3(
            String bucket,
            @Nullable URI endpoint,
            @DefaultValue("us-east-1") String region,
            @DefaultValue("reports/") String prefix,
            @DefaultValue("true") boolean pathStyle,
            @Nullable String accessKey,
            @Nullable String secretKey) {

        S3 {
            if (bucket == null || bucket.isBlank()) {
                throw new IllegalArgumentException("lethe.reports.s3.bucket is not set; write the bucket's name");
            }
            if (!prefix.isEmpty() && !prefix.endsWith("/")) {
                throw new IllegalArgumentException(
                        "lethe.reports.s3.prefix is '%s'; let it end with a slash".formatted(prefix));
            }
            if ((accessKey == null) != (secretKey == null)) {
                throw new IllegalArgumentException(
                        "lethe.reports.s3.access-key and secret-key belong together; set both, or neither to take what"
                                + " the environment gives");
            }
        }

        /** Without the keys. */
        @Override
        public String toString() {
            return "%s at %s"
                    .formatted(bucket, endpoint == null ? region.toLowerCase(Locale.ROOT) : endpoint.getHost());
        }
    }
}
