package dev.lethe.demo;

import dev.lethe.messages.request.DataErased;
import dev.lethe.messages.request.ErasureStarted;
import dev.lethe.messages.request.Fact;
import dev.lethe.messages.request.NotificationSent;
import dev.lethe.messages.request.ParticipantDone;
import dev.lethe.messages.request.ReportDownloaded;
import dev.lethe.messages.request.ReportExpired;
import dev.lethe.messages.request.ReportReady;
import dev.lethe.messages.request.RequestCompleted;
import dev.lethe.messages.request.RequestReceived;
import dev.lethe.messages.request.RequestRejected;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.UUID;

/** What people see of the demo: one line a step, with the seconds since it began. */
final class Story {

    private static final int SHORT_ID = 6;

    private final long begun = System.nanoTime();

    synchronized void say(String line) {
        System.out.printf(Locale.ROOT, "%7.2f s  %s%n", (System.nanoTime() - begun) / 1e9, line);
    }

    synchronized void blank() {
        System.out.println();
    }

    void submitted(Ledger.Entry entry) {
        say("%s  %-16s asks for %s".formatted(shortly(entry), "frontend", kind(entry) + " for " + entry.personId));
    }

    void heard(Ledger.Entry entry, Fact fact, String sender) {
        say("%s  %-16s %s".formatted(shortly(entry), sender, inWords(fact)));
    }

    private static String inWords(Fact fact) {
        return switch (fact) {
            case RequestReceived received ->
                "received; the law gives until "
                        + DateTimeFormatter.ISO_LOCAL_DATE.format(
                                received.dueAt().atOffset(ZoneOffset.UTC));
            case RequestRejected rejected -> "rejected: " + rejected.reason();
            case ErasureStarted started -> "asks " + String.join(", ", started.participants());
            case ParticipantDone done ->
                "%s confirmed: %s"
                        .formatted(done.participant(), done.outcome().name().toLowerCase(Locale.ROOT));
            case DataErased erased -> "all is erased but what the last word needs";
            case ReportReady ready -> "the report is ready at " + ready.downloadUrl();
            case ReportDownloaded downloaded -> "the person has fetched the report";
            case ReportExpired expired -> "the report has expired and is deleted";
            case NotificationSent sent -> "told the person: " + sent.kind();
            case RequestCompleted completed ->
                "done: " + completed.outcome().name().toLowerCase(Locale.ROOT);
            default -> fact.getClass().getSimpleName();
        };
    }

    private static String kind(Ledger.Entry entry) {
        return entry.kind.name().toLowerCase(Locale.ROOT);
    }

    private static String shortly(Ledger.Entry entry) {
        return "%-7s %s".formatted(kind(entry), shortly(entry.id));
    }

    private static String shortly(UUID id) {
        return id.toString().substring(0, SHORT_ID);
    }
}
