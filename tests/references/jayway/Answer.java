import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.util.List;
import wiremock.com.jayway.jsonpath.Configuration;
import wiremock.com.jayway.jsonpath.JsonPath;
import wiremock.com.jayway.jsonpath.PathNotFoundException;
import wiremock.net.minidev.json.JSONArray;
import wiremock.net.minidev.json.JSONStyle;
import wiremock.net.minidev.json.JSONValue;
import wiremock.net.minidev.json.parser.JSONParser;

/** Answers each line `[filter, document]` with one line: `refused`, `none`, `failed`, or the value. */
public class Answer {
    public static void main(String[] arguments) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
        PrintStream out = new PrintStream(System.out, false, "UTF-8");
        Configuration settings = Configuration.defaultConfiguration();
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            List<?> asked = (List<?>) new JSONParser(JSONParser.MODE_RFC4627).parse(line);
            out.println(answer((String) asked.get(0), (String) asked.get(1), settings));
        }
        out.flush();
    }

    private static String answer(String filter, String document, Configuration settings) {
        JsonPath path;
        try {
            path = JsonPath.compile(filter);
        } catch (RuntimeException error) {
            return "refused";
        }
        try {
            Object value = path.read(settings.jsonProvider().parse(document), settings);
            if (value instanceof java.util.Set) {
                JSONArray names = new JSONArray();
                names.addAll((java.util.Set<?>) value);
                value = names;
            }
            return "=" + JSONValue.toJSONString(value, JSONStyle.LT_COMPRESS);
        } catch (PathNotFoundException error) {
            return "none";
        } catch (RuntimeException | Error error) {
            return "failed";
        }
    }
}
