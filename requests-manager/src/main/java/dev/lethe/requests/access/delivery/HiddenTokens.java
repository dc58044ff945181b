package dev.lethe.requests.access.delivery;

import jakarta.servlet.ServletException;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * Takes the token out of the path before anybody else sees it. What comes after this (Tomcat's own valves with the access log, if
 * somebody turns it on, Spring's debug log, error pages, metrics, traces) may tell paths as it likes, now and in versions to come.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class HiddenTokens implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

    static final String PATH = "/reports/";

    /** The attribute of the request in which the token goes on. */
    static final String TOKEN = HiddenTokens.class.getName();

    private static final String HIDDEN = PATH + "hidden";

    /** What mail programs are known to take for a part of a link. Refused by Tomcat itself, it would be logged with the path. */
    private static final String STRAY = "\"<>[]^`{|}";

    @Override
    public void customize(TomcatServletWebServerFactory factory) {
        factory.addEngineValves(new Hiding());
        factory.addConnectorCustomizers(connector -> connector.setProperty("relaxedPathChars", STRAY));
    }

    private static final class Hiding extends ValveBase {

        Hiding() {
            super(true);
        }

        @Override
        public void invoke(Request request, Response response) throws IOException, ServletException {
            String path = request.getDecodedRequestURI();
            if (path != null && path.startsWith(PATH)) {
                request.setAttribute(TOKEN, path.substring(PATH.length()));
                request.getCoyoteRequest().requestURI().setString(HIDDEN);
                request.getCoyoteRequest().decodedURI().setString(HIDDEN);
                request.getMappingData().requestPath.setString(HIDDEN);
                request.getMappingData().wrapperPath.setString(HIDDEN);
            }
            getNext().invoke(request, response);
        }
    }
}
