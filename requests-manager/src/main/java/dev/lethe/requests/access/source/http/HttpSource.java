package dev.lethe.requests.access.source.http;

import dev.lethe.messages.Subject;
import dev.lethe.requests.access.source.About;
import dev.lethe.requests.access.source.Records;
import dev.lethe.requests.access.source.Source;
import dev.lethe.requests.access.source.SourceFailure;
import dev.lethe.requests.access.source.SourceSection;
import dev.lethe.requests.access.source.http.Authentication.ClientCredentials;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * An HTTP API that answers with JSON, page by page. 404 means that nothing is held; every other status but 200 is a failure. An answer
 * that is too large or too slow is one too, and so is one that leads to another host, to a page that was read before, or nowhere.
 */
public final class HttpSource implements Source, AutoCloseable {

    private final About about;
    private final HttpSettings settings;
    private final Web web;
    private final Credentials credentials;
    private final Clock clock;

    /** A source as the file has it; empty if something is wrong with it, which is noted. */
    public static Optional<Source> read(SourceSection section) {
        About about = section.about();
        return HttpSettings.read(section)
                .map(settings -> new HttpSource(
                        about,
                        settings,
                        InetAddress::getAllByName,
                        settings.mayBePrivate() ? any -> true : Addresses::isPublic,
                        Clock.systemUTC()));
    }

    HttpSource(About about, HttpSettings settings, Web.Names names, Predicate<InetAddress> allowed, Clock clock) {
        this.about = about;
        this.settings = settings;
        this.clock = clock;
        this.web = new Web(about.name(), about.parallel(), settings.timeout(), names, allowed);
        this.credentials = new Credentials(
                settings.authentication(),
                settings.authentication() instanceof ClientCredentials client
                        ? new AccessTokens(about.name(), client, web, clock)
                        : null);
    }

    @Override
    public About about() {
        return about;
    }

    @Override
    public Set<String> asksBy() {
        var fields = new TreeSet<>(settings.url().fields());
        if (settings.body() != null) {
            fields.addAll(settings.body().fields());
        }
        return fields;
    }

    @Override
    public void read(Subject subject, Records records) throws SourceFailure, InterruptedException {
        try {
            String url = settings.url().of(subject);
            String body = settings.body() == null ? null : settings.body().of(subject);
            new Reading(about.name(), settings, web, credentials, clock, url, body, records).read();
        } catch (Template.UnusableField e) {
            throw new SourceFailure(about.name(), "the subject has no usable " + e.getMessage(), null);
        }
    }

    @Override
    public void close() throws IOException {
        web.close();
    }
}
