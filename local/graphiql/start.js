// The cookie __Host-phone-otp goes along by itself: the page is on the service's own site.
const example = `# The code is in the inbox: /_local/
mutation {
  sendPhoneOtp(input: {phone_number: "+14155550123"}) { success message }
}
`;
ReactDOM.createRoot(document.getElementById("graphiql")).render(
  React.createElement(GraphiQL, { fetcher: GraphiQL.createFetcher({ url: "/graphql" }), defaultQuery: example, defaultEditorToolsVisibility: "headers" }),
);
