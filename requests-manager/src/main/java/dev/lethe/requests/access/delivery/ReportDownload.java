package dev.lethe.requests.access.delivery;

import dev.lethe.outbox.CrashPoint;
import dev.lethe.requests.access.delivery.Links.Link;
import dev.lethe.requests.access.storage.Reports;
import dev.lethe.requests.access.storage.StoredReport;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.transaction.TransactionException;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;

/**
 * The link that a person gets. A report is decrypted as it is sent, and what does not decrypt is never sent as a whole file: the
 * connection breaks off before the announced length is reached.
 */
@RestController
class ReportDownload {

    private static final Logger log = LoggerFactory.getLogger(ReportDownload.class);
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_-]{43}");
    private static final int BUFFER = 64 * 1024;

    private final Links links;
    private final Reports reports;
    private final NoReport noReport;
    private final MeterRegistry meters;

    ReportDownload(Links links, Reports reports, NoReport noReport, MeterRegistry meters) {
        this.links = links;
        this.reports = reports;
        this.noReport = noReport;
        this.meters = meters;
    }

    @RequestMapping(
            path = HiddenTokens.PATH + "{token}",
            method = {RequestMethod.GET, RequestMethod.HEAD})
    void download(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("Referrer-Policy", "no-referrer");
        Optional<Link> link = Optional.ofNullable((String) request.getAttribute(HiddenTokens.TOKEN))
                .filter(token -> TOKEN.matcher(token).matches())
                .flatMap(links::find);
        if (link.isEmpty()) {
            refuse(NoReport.Why.UNKNOWN, "unknown", request, response);
        } else if (link.get().report() == null) {
            refuse(NoReport.Why.RUN_OUT, "run_out", request, response);
        } else if (link.get().isUsedUp() && !link.get().inUse()) {
            refuse(NoReport.Why.USED_UP, "used_up", request, response);
        } else {
            answer(link.get(), link.get().report(), request, response);
        }
    }

    private void answer(Link link, StoredReport report, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        String tag = "\"%s\"".formatted(link.sha256());
        if (isHead(request)) {
            count("looked_at");
            describe(response, tag, report.bytes());
            return;
        }
        ByteRange range = ByteRange.of(
                request.getHeader(HttpHeaders.RANGE), request.getHeader(HttpHeaders.IF_RANGE), tag, report.bytes());
        switch (range) {
            case ByteRange.Whole() -> send(link, report, 0, report.bytes(), HttpStatus.OK, request, response);
            case ByteRange.Part(long first, long last) ->
                send(link, report, first, last + 1, HttpStatus.PARTIAL_CONTENT, request, response);
            case ByteRange.Beyond() -> {
                count("beyond_the_end");
                response.setHeader(HttpHeaders.CONTENT_RANGE, "bytes */" + report.bytes());
                response.setStatus(HttpStatus.REQUESTED_RANGE_NOT_SATISFIABLE.value());
            }
        }
    }

    /** Decrypts the first bytes before it counts the use: what cannot be read was not used. */
    private void send(
            Link link,
            StoredReport report,
            long from,
            long to,
            HttpStatus status,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        try (SeekableByteChannel content = open(report)) {
            read(content.position(from), buffer, to - from);
            boolean goesOn = from > 0 && link.inUse();
            OptionalInt use = goesOn ? OptionalInt.of(link.downloads()) : links.beginUse(link.requestId());
            if (use.isEmpty()) {
                refuse(NoReport.Why.USED_UP, "used_up", request, response);
                return;
            }
            count(goesOn ? "gone_on" : "begun");
            CrashPoint.reached("delivery.download-begun");
            describe(response, "\"%s\"".formatted(link.sha256()), to - from);
            response.setStatus(status.value());
            if (status == HttpStatus.PARTIAL_CONTENT) {
                response.setHeader(HttpHeaders.CONTENT_RANGE, "bytes %d-%d/%d".formatted(from, to - 1, report.bytes()));
            }
            copy(content, buffer, report, use.getAsInt(), from, to, response);
        } catch (Unreadable e) {
            unreadable(report, e);
            if (response.isCommitted()) {
                throw new BrokenOff();
            }
            response.reset();
            response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
            refuse(NoReport.Why.UNREADABLE, "unreadable", request, response);
        }
    }

    private void copy(
            SeekableByteChannel content,
            ByteBuffer buffer,
            StoredReport report,
            int use,
            long from,
            long to,
            HttpServletResponse response)
            throws IOException {
        long sent = from;
        boolean all = false;
        try {
            OutputStream out = response.getOutputStream();
            while (true) {
                out.write(buffer.array(), 0, buffer.position());
                sent += buffer.position();
                if (sent == to) {
                    break;
                }
                read(content, buffer.clear(), to - sent);
            }
            response.flushBuffer();
            all = true;
            CrashPoint.reached("delivery.downloaded");
        } catch (Unreadable e) {
            count("broken_off");
            throw e;
        } catch (IOException hungUp) {
            count("hung_up");
            log.atDebug().addKeyValue("event.action", "download-hung-up").log("whoever fetched a report hung up");
        } finally {
            // The last of what was written to a connection that broke did not leave
            note(report, use, from, all ? to : Math.max(from, sent - BUFFER));
        }
    }

    /** What was sent is sent, whether it can be noted or not. */
    private void note(StoredReport report, int use, long from, long to) {
        try {
            if (links.sent(report, use, from, to)) {
                count("whole");
                log.atInfo()
                        .addKeyValue("event.action", "report-downloaded")
                        .addKeyValue("lethe.request.id", report.requestId())
                        .addKeyValue("lethe.use", use)
                        .log("report downloaded");
            }
        } catch (DataAccessException | TransactionException e) {
            log.atWarn()
                    .addKeyValue("event.action", "download-not-noted")
                    .addKeyValue("error.type", e.getClass().getName())
                    .addKeyValue("lethe.request.id", report.requestId())
                    .log(
                            "a report was sent, which nobody is told of: {}",
                            e.getClass().getSimpleName());
        }
    }

    private SeekableByteChannel open(StoredReport report) throws Unreadable {
        try {
            return reports.open(report);
        } catch (IOException e) {
            throw new Unreadable(e);
        }
    }

    /** Fills the buffer, or takes what is left to send. */
    private static void read(SeekableByteChannel content, ByteBuffer buffer, long left) throws Unreadable {
        buffer.limit((int) Math.min(left, buffer.capacity()));
        try {
            while (buffer.hasRemaining()) {
                if (content.read(buffer) < 0) {
                    throw new IOException("expected %d bytes more".formatted(left));
                }
            }
        } catch (IOException e) {
            throw new Unreadable(e);
        }
    }

    private static void describe(HttpServletResponse response, String tag, long length) {
        response.setContentType("application/zip");
        response.setContentLengthLong(length);
        response.setHeader(HttpHeaders.ACCEPT_RANGES, "bytes");
        response.setHeader(HttpHeaders.ETAG, tag);
        response.setHeader(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"personal-data.zip\"");
        response.setHeader("Content-Security-Policy", "default-src 'none'; sandbox");
    }

    private void refuse(NoReport.Why why, String outcome, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        count(outcome);
        noReport.answer(why, request.getHeader(HttpHeaders.ACCEPT), !isHead(request), response);
    }

    private static boolean isHead(HttpServletRequest request) {
        return request.getMethod().equals(HttpMethod.HEAD.name());
    }

    private void unreadable(StoredReport report, Unreadable e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        log.atError()
                .addKeyValue("event.action", "report-unreadable")
                .addKeyValue("error.type", cause.getClass().getName())
                .addKeyValue("lethe.request.id", report.requestId())
                .log("a report cannot be read as it was written, nothing more of it is sent: {}", cause.getMessage());
    }

    private void count(String outcome) {
        Counter.builder("lethe.reports.downloads")
                .description("Requests for a link to a report; many that are unknown are somebody who guesses")
                .tag("outcome", outcome)
                .register(meters)
                .increment();
    }

    /** What is stored is not what was written, or cannot be had; whoever fetches it has nothing to do with it. */
    private static final class Unreadable extends IOException {

        private static final long serialVersionUID = 1;

        Unreadable(IOException cause) {
            super(cause);
        }
    }

    /**
     * Makes the container close the connection before the announced length is reached. Without a cause: Spring takes some, as an end
     * of file or a connection reset, for a client that hung up, and then leaves the client to wait for the rest.
     */
    private static final class BrokenOff extends IllegalStateException {

        private static final long serialVersionUID = 1;

        BrokenOff() {
            super("a download was broken off, because the report cannot be read as it was written");
        }
    }
}
