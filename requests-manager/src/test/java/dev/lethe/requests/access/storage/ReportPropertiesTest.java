package dev.lethe.requests.access.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class ReportPropertiesTest {

    private static ReportProperties bind(String... settings) {
        Map<String, String> all = new HashMap<>();
        for (String setting : settings) {
            String[] parts = setting.split("=", 2);
            all.put("lethe.reports." + parts[0], parts[1]);
        }
        return new Binder(new MapConfigurationPropertySource(all))
                .bindOrCreate("lethe.reports", ReportProperties.class);
    }

    @Test
    void reportsGoToTheDatabaseIfNothingElseIsSaid() {
        assertThat(bind().store()).isEqualTo("postgres");
        assertThat(bind().s3()).isNull();
    }

    @Test
    void aBucketIsEnoughForAmazonsOwn() {
        ReportProperties.S3 s3 = bind("store=s3", "s3.bucket=reports").s3();

        assertThat(s3).isNotNull();
        assertThat(s3.prefix()).isEqualTo("reports/");
        assertThat(s3.endpoint()).isNull();
        assertThat(s3.toString()).isEqualTo("reports at us-east-1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "store=nfs; write postgres or s3",
                "store=s3; write lethe.reports.s3.bucket",
                "s3.endpoint=http://localhost:9000; lethe.reports.s3.bucket is not set",
                "s3.bucket=b,s3.prefix=reports; let it end with a slash",
                "s3.bucket=b,s3.access-key=a; set both, or neither",
                "s3.bucket=b,s3.secret-key=topsecret; set both, or neither",
            })
    void whatCannotWorkIsToldAtTheStart(String settings, String told) {
        assertThatThrownBy(() -> bind(settings.split(",")))
                .rootCause()
                .hasMessageContaining(told)
                .hasMessageNotContaining("topsecret");
    }

    @Test
    void aLinkThatNeverWorksIsRefused() {
        assertThatThrownBy(() -> new DownloadLimit(0)).hasMessageContaining("lethe.access.downloads is 0");
    }
}
