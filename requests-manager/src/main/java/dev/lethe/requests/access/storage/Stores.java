package dev.lethe.requests.access.storage;

import jakarta.annotation.PreDestroy;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/** The stores that are configured: new reports go to one, and each is found where it once went. */
@Component
class Stores {

    private final Map<String, Store> stores = new LinkedHashMap<>();
    private final Store current;

    Stores(ReportProperties properties, PostgresStore postgres, JdbcClient jdbc) {
        stores.put(postgres.scheme(), postgres);
        if (properties.s3() != null) {
            ReportProperties.S3 s3 = properties.s3();
            stores.put("s3", new S3Store(client(s3), s3.bucket(), s3.prefix(), jdbc));
        }
        this.current = stores.getOrDefault(properties.store(), postgres);
    }

    private static S3Client client(ReportProperties.S3 properties) {
        S3ClientBuilder client = S3Client.builder()
                .httpClientBuilder(Apache5HttpClient.builder().maxConnections(64))
                .region(Region.of(properties.region()))
                .forcePathStyle(properties.pathStyle())
                .credentialsProvider(credentials(properties))
                // What is stored proves itself when it is decrypted, and many servers do not know Amazon's newer sums
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED);
        if (properties.endpoint() != null) {
            client.endpointOverride(properties.endpoint());
        }
        return client.build();
    }

    private static AwsCredentialsProvider credentials(ReportProperties.S3 properties) {
        return properties.accessKey() == null || properties.secretKey() == null
                ? DefaultCredentialsProvider.builder().build()
                : StaticCredentialsProvider.create(
                        AwsBasicCredentials.create(properties.accessKey(), properties.secretKey()));
    }

    /** Where new reports go. */
    Store current() {
        return current;
    }

    List<Store> all() {
        return List.copyOf(stores.values());
    }

    Store of(String location) throws IOException {
        String scheme = location.substring(0, Math.max(0, location.indexOf(':')));
        Store store = stores.get(scheme);
        if (store == null) {
            throw new IOException(
                    "a report lies in the store '%s', found only %s; keep lethe.reports.%s configured until its last report has expired"
                            .formatted(scheme, stores.keySet(), scheme));
        }
        return store;
    }

    @PreDestroy
    void close() {
        stores.values().stream()
                .filter(S3Store.class::isInstance)
                .map(S3Store.class::cast)
                .forEach(S3Store::close);
    }
}
