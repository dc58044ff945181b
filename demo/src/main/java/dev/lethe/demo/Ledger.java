package dev.lethe.demo;

import dev.lethe.messages.request.RequestKind;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What the frontend remembers of what it submitted, and what it heard of it since. Threads may share it. */
final class Ledger {

    /** One request. */
    static final class Entry {
        final UUID id;
        final RequestKind kind;
        final String personId;
        private final long submitted = System.nanoTime();
        private @Nullable Instant received;
        private @Nullable Duration completedAfter;
        private @Nullable Instant notified;
        private @Nullable URI downloadUrl;

        Entry(UUID id, RequestKind kind, String personId) {
            this.id = id;
            this.kind = kind;
            this.personId = personId;
        }

        boolean isReceived() {
            return received != null;
        }

        boolean isCompleted() {
            return completedAfter != null;
        }

        boolean isNotified() {
            return notified != null;
        }

        Optional<Duration> completedAfter() {
            return Optional.ofNullable(completedAfter);
        }

        Optional<URI> downloadUrl() {
            return Optional.ofNullable(downloadUrl);
        }
    }

    private final Map<UUID, Entry> entries = new LinkedHashMap<>();

    synchronized void submitted(Entry entry) {
        entries.put(entry.id, entry);
    }

    /** The request that a fact is about, if it is one of ours. */
    synchronized Optional<Entry> find(UUID id) {
        return Optional.ofNullable(entries.get(id));
    }

    synchronized void received(Entry entry, Instant when) {
        entry.received = when;
    }

    synchronized void completed(Entry entry) {
        entry.completedAfter = Duration.ofNanos(System.nanoTime() - entry.submitted);
        notifyAll();
    }

    synchronized void notified(Entry entry, Instant when) {
        entry.notified = when;
        notifyAll();
    }

    synchronized void reportReady(Entry entry, URI downloadUrl) {
        entry.downloadUrl = downloadUrl;
    }

    synchronized Collection<Entry> all() {
        return java.util.List.copyOf(entries.values());
    }

    synchronized long count(Predicate<Entry> which) {
        return entries.values().stream().filter(which).count();
    }

    /** Waits until every request was completed and its person told; false if that takes longer than {@code atMost}. */
    synchronized boolean awaitAll(Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (count(entry -> entry.isCompleted() && entry.isNotified()) < entries.size()) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return true;
    }
}
