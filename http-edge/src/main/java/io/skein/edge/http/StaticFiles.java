package io.skein.edge.http;

import io.skein.engine.module.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Files below one folder of the class path, each with a strong ETag and {@code no-cache}: a browser asks every time and mostly
 * hears 304. Files are read once and kept; there are as many as were packaged, so the folder itself is the bound.
 */
public final class StaticFiles implements Handler {
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "mjs", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "json", "application/json",
            "map", "application/json",
            "svg", "image/svg+xml",
            "png", "image/png",
            "woff2", "font/woff2",
            "yaml", "application/yaml");

    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record File(byte[] bytes, String type, String etag) {}

    private final ClassLoader loader;
    private final String folder;
    private final String parameter;
    private final Map<String, String> headers;
    private final ConcurrentHashMap<String, File> files = new ConcurrentHashMap<>();

    /**
     * @param loader where the folder is
     * @param folder such as {@code web}, without slashes around
     * @param parameter the name of the route's rest parameter, such as {@code file} in {@code /{file*}}; an empty one is {@code index.html}
     * @param headers added to every answer, such as a content security policy
     */
    public StaticFiles(ClassLoader loader, String folder, String parameter, Map<String, String> headers) {
        this.loader = loader;
        this.folder = folder;
        this.parameter = parameter;
        this.headers = Map.copyOf(headers);
    }

    @Override
    public CompletionStage<? extends Response> handle(Request request) {
        File file = find(request.parameter(parameter));
        if (file == null) {
            throw new ProblemException(ErrorCode.NOT_FOUND, "there is no file " + request.path());
        }
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put("etag", file.etag);
        all.put("cache-control", "no-cache");
        if (matches(request.headers("if-none-match"), file.etag)) {
            return CompletableFuture.completedFuture(new Response.Full(304, all, Response.EMPTY));
        }
        all.put("content-type", file.type);
        return CompletableFuture.completedFuture(new Response.Full(200, all, file.bytes));
    }

    private static boolean matches(List<String> ifNoneMatch, String etag) {
        for (String header : ifNoneMatch) {
            for (String candidate : header.split(",", -1)) {
                String tag = candidate.strip();
                if (tag.equals("*") || tag.equals(etag) || tag.equals("W/" + etag)) return true;
            }
        }
        return false;
    }

    private @Nullable File find(String path) {
        String name = path.isEmpty() ? "index.html" : path;
        File known = files.get(name);
        if (known != null) return known;
        if (!isPlain(name)) return null;
        File file = load(name);
        if (file != null) files.put(name, file);
        return file;
    }

    /** Only names that cannot lead out of the folder, nor at a folder. */
    private static boolean isPlain(String name) {
        if (name.indexOf('\\') >= 0 || name.indexOf(':') >= 0) return false;
        for (String segment : name.split("/", -1)) {
            if (segment.isEmpty() || segment.startsWith(".")) return false;
        }
        return type(name) != null;
    }

    private static @Nullable String type(String name) {
        return TYPES.get(name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
    }

    private @Nullable File load(String name) {
        String type = type(name);
        try (InputStream in = loader.getResourceAsStream(folder + "/" + name)) {
            if (in == null || type == null) return null;
            byte[] bytes = in.readAllBytes();
            return new File(bytes, type, etag(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException("the class path cannot be read", e);
        }
    }

    private static String etag(byte[] bytes) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
            return '"' + HexFormat.of().formatHex(hash, 0, 16) + '"';
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
