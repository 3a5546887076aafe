alter table app.facilities drop column poa_asked, drop column poa_exempt;
