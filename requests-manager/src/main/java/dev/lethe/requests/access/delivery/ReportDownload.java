package dev.lethe.requests.access.delivery;

import dev.lethe.requests.access.report.Reports;
import java.nio.file.Path;
import java.util.Optional;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** The link that a person gets. One answer for links that are wrong, expired or of a deleted report: it tells nothing. */
@RestController
class ReportDownload {

    private final Reports reports;

    ReportDownload(Reports reports) {
        this.reports = reports;
    }

    @GetMapping("/reports/{token}")
    ResponseEntity<Resource> download(@PathVariable String token) {
        Optional<Path> file = reports.find(token);
        if (file.isEmpty()) {
            return ResponseEntity.notFound().build();
        }
        return ResponseEntity.ok()
                .contentType(MediaType.parseMediaType("application/zip"))
                .cacheControl(CacheControl.noStore())
                .header(
                        HttpHeaders.CONTENT_DISPOSITION,
                        ContentDisposition.attachment()
                                .filename("personal-data.zip")
                                .build()
                                .toString())
                .header("X-Content-Type-Options", "nosniff")
                .header("Referrer-Policy", "no-referrer")
                .body(new FileSystemResource(file.get()));
    }
}
