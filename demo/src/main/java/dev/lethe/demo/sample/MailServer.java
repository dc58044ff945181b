package dev.lethe.demo.sample;

import com.icegreen.greenmail.mail.MailAddress;
import com.icegreen.greenmail.mail.MovingMessage;
import com.icegreen.greenmail.user.GreenMailUser;
import com.icegreen.greenmail.user.UserException;
import com.icegreen.greenmail.user.UserManager;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** An SMTP server on a free loopback port that takes mail for everybody and keeps it in memory. */
public final class MailServer implements AutoCloseable {

    private static final int ANY_FREE_PORT = 0;

    private final GreenMail server =
            new GreenMail(new ServerSetup(ANY_FREE_PORT, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    private final List<ReceivedMail> mails = new CopyOnWriteArrayList<>();
    private final Consumer<ReceivedMail> listener;

    private MailServer(Consumer<ReceivedMail> listener) {
        this.listener = listener;
    }

    /** Starts one; {@code listener} is told of each mail, before its sender hears that it was taken. */
    public static MailServer start(Consumer<ReceivedMail> listener) {
        var server = new MailServer(listener);
        server.server.start();
        server.server.getManagers().getUserManager().setMessageDeliveryHandler(server::take);
        return server;
    }

    public int port() {
        return server.getSmtp().getPort();
    }

    /** All that arrived, in that order. */
    public List<ReceivedMail> mails() {
        return List.copyOf(mails);
    }

    private GreenMailUser take(MovingMessage message, MailAddress recipient) throws MessagingException, UserException {
        var mail =
                new ReceivedMail(recipient.getEmail(), message.getMessage().getSubject(), textOf(message.getMessage()));
        mails.add(mail);
        listener.accept(mail);
        UserManager users = server.getManagers().getUserManager();
        GreenMailUser known = users.getUserByEmail(recipient.getEmail());
        return known != null ? known : users.createUser(recipient.getEmail(), recipient.getEmail(), "");
    }

    private static String textOf(MimeMessage message) throws MessagingException {
        try {
            return message.getContent().toString().replace("\r\n", "\n");
        } catch (IOException e) {
            throw new MessagingException("a mail whose text cannot be decoded", e);
        }
    }

    @Override
    public void close() {
        server.stop();
    }
}
